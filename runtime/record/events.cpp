// Writes TensorBoard's event files: protocol buffers encoded by hand, since a run needs only five
// messages of them, framed as TFRecords.
//   Event { 1: double wall_time  2: int64 step  3: string file_version  5: Summary summary
//           7: SessionLog session_log }
//   SessionLog { 1: status }
//   Summary { 1: repeated Value }
//   Value { 1: string tag  2: float simple_value  5: HistogramProto histo }
//   HistogramProto { 1: double min  2: max  3: num  4: sum  5: sum_squares
//                    6: repeated double bucket_limit  7: bucket }
#include "runtime/record/recorder.h"
#include "runtime/support/visible.h"

#include <array>
#include <cerrno>
#include <cmath>
#include <cstring>
#include <sys/stat.h>
#include <sys/time.h>
#include <unistd.h>

namespace nnrt {

uint32_t crc32c(const std::string &data) {
  static const std::array<uint32_t, 256> table = [] {
    std::array<uint32_t, 256> t{};
    for (uint32_t i = 0; i < 256; ++i) {
      t[i] = i;
      for (int bit = 0; bit < 8; ++bit)
        t[i] = t[i] >> 1 ^ (t[i] & 1 ? 0x82F63B78u : 0);
    }
    return t;
  }();
  uint32_t crc = 0xFFFFFFFFu;
  for (unsigned char c : data)
    crc = crc >> 8 ^ table[(crc ^ c) & 0xFF];
  return ~crc;
}

template <class T> static std::string littleEndian(T value) {
  std::string out(sizeof value, '\0');
  memcpy(&out[0], &value, sizeof value);
  return out;
}

/// A checksum that is stored next to its data is masked, as TensorFlow's record writer does.
static std::string maskedCrc(const std::string &data) {
  uint32_t crc = crc32c(data);
  return littleEndian((crc >> 15 | crc << 17) + 0xA282EAD8u);
}

std::string tfRecord(const std::string &data) {
  std::string length = littleEndian(uint64_t(data.size()));
  return length + maskedCrc(length) + data + maskedCrc(data);
}

static std::string varint(uint64_t value) {
  std::string out;
  for (; value >= 0x80; value >>= 7)
    out += char(value | 0x80);
  return out + char(value);
}

static std::string key(int field, int wire) {
  return varint(uint64_t(field) << 3 | uint64_t(wire));
}
static std::string text(int field, const std::string &value) {
  return key(field, 2) + varint(value.size()) + value;
}
static std::string number64(int field, double value) { return key(field, 1) + littleEndian(value); }

void EventFile::Summary::add(const std::string &tag, double value) {
  values += text(1, text(1, tag) + key(2, 5) + littleEndian(float(value)));
}

void EventFile::Summary::add(const std::string &tag, const Histogram &h, double sum,
                             double sumOfSquares) {
  std::string limits, buckets;
  double count = 0;
  for (size_t i = 0; i < h.counts.size(); ++i) {
    limits += littleEndian(h.low + (h.high - h.low) * double(i + 1) / double(h.counts.size()));
    buckets += littleEndian(h.counts[i]);
    count += h.counts[i];
  }
  std::string histogram = number64(1, h.low) + number64(2, h.high) + number64(3, count) +
                          number64(4, sum) + number64(5, sumOfSquares) + text(6, limits) +
                          text(7, buckets);
  values += text(1, text(1, tag) + text(5, histogram));
}

static double wallTime() {
  timeval time;
  gettimeofday(&time, nullptr);
  return double(time.tv_sec) + 1e-6 * double(time.tv_usec);
}

/// Makes the folder and its parents.
static Status makeFolders(const std::string &folder) {
  for (size_t slash = folder.find('/', 1);; slash = folder.find('/', slash + 1)) {
    std::string part = folder.substr(0, slash);
    if (mkdir(part.c_str(), 0777) != 0 && errno != EEXIST)
      return Status::error(
          format("cannot make the folder %s: %s", visible(part).c_str(), strerror(errno)));
    if (slash == std::string::npos)
      return Status();
  }
}

Status EventFile::open(const std::string &folder) {
  NN_TRY(makeFolders(folder));
  static int serial = 0; // several files may be created within one second
  char host[256] = "localhost";
  gethostname(host, sizeof host - 1);
  NN_TRY(file.open(format("%s/events.out.tfevents.%010lld.%s.%d.%d", folder.c_str(),
                          (long long)wallTime(), host, int(getpid()), serial++),
                   false));
  return file.write(tfRecord(number64(1, wallTime()) + text(3, "brain.Event:2")));
}

Status EventFile::beginAgain(int64_t step) {
  const std::string start = key(1, 0) + varint(1); // SessionLog.SessionStatus.START
  return file.write(
      tfRecord(number64(1, wallTime()) + key(2, 0) + varint(uint64_t(step)) + text(7, start)));
}

Status EventFile::write(int64_t step, const Summary &summary) {
  return file.write(tfRecord(number64(1, wallTime()) + key(2, 0) + varint(uint64_t(step)) +
                             text(5, summary.values)));
}

} // namespace nnrt
