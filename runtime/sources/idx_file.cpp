// Reads IDX files: two zero bytes, a type byte, the number of dimensions, each dimension as a
// big-endian u32, the data.
#include "runtime/sources/idx_file.h"

#include "runtime/files/file.h"

#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace nnrt {

int64_t IdxFile::itemSize() const {
  int64_t size = 1;
  for (size_t i = 1; i < shape.size(); ++i)
    size *= shape[i];
  return size;
}

int IdxFile::elementBytes() const {
  switch (type) {
  case IdxType::U8:
  case IdxType::I8:
    return 1;
  case IdxType::I16:
    return 2;
  case IdxType::I32:
  case IdxType::F32:
    return 4;
  case IdxType::F64:
    return 8;
  }
  return 1;
}

double IdxFile::element(int64_t i) const {
  const unsigned char *at = bytes(i);
  uint64_t bits = 0;
  for (int b = 0; b < elementBytes(); ++b)
    bits = bits << 8 | at[b];
  switch (type) {
  case IdxType::U8:
    return double(bits);
  case IdxType::I8:
    return double(int8_t(bits));
  case IdxType::I16:
    return double(int16_t(bits));
  case IdxType::I32:
    return double(int32_t(bits));
  case IdxType::F32: {
    uint32_t low = uint32_t(bits);
    float value;
    memcpy(&value, &low, sizeof value);
    return value;
  }
  case IdxType::F64: {
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
  }
  }
  return 0;
}

namespace {

struct CloseGz {
  void operator()(gzFile file) const { gzclose_r(file); }
};
using Gz = std::unique_ptr<gzFile_s, CloseGz>;

/// Reads up to `size` bytes; `got` says how many there were. zlib reads uncompressed files
/// unchanged.
Status readBytes(gzFile file, const std::string &path, unsigned char *into, uint64_t size,
                 uint64_t &got) {
  got = 0;
  while (got < size) {
    unsigned step = unsigned(size - got < (1u << 30) ? size - got : (1u << 30));
    int n = gzread(file, into + got, step);
    if (n < 0) {
      int code;
      const char *why = gzerror(file, &code);
      if (code == Z_BUF_ERROR) // the compressed stream ends too early
        return Status();
      return Status::error(
          path + " is damaged: " + (why && *why ? why : "its compressed data are not valid"));
    }
    if (n == 0)
      return Status();
    got += unsigned(n);
  }
  return Status();
}

Status open(const std::string &path, IdxFile &file, Gz &stream) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0)
    return Status::error("cannot open " + path + ": no such file");
  if (!S_ISREG(info.st_mode))
    return Status::error(
        path + (S_ISDIR(info.st_mode) ? " is a directory, not a file" : " is not a regular file"));
  if (info.st_size == 0)
    return Status::error(path + " is empty");
  stream.reset(gzopen(path.c_str(), "rb"));
  if (!stream)
    return Status::error("cannot open " + path);
  gzbuffer(stream.get(), 1 << 17);
  file.path = path;
  unsigned char head[4];
  uint64_t got;
  NN_TRY(readBytes(stream.get(), path, head, 4, got));
  if (got < 4)
    return Status::error(format("%s ends after %llu bytes, before the end of an IDX header",
                                path.c_str(), (unsigned long long)got));
  bool known = head[2] == 8 || head[2] == 9 || (head[2] >= 0xB && head[2] <= 0xE);
  if (head[0] || head[1] || !known || head[3] == 0 || head[3] > 8)
    return Status::error(format("%s is not an IDX file: it starts with %02x %02x %02x %02x",
                                path.c_str(), head[0], head[1], head[2], head[3]));
  file.type = IdxType(head[2]);
  int rank = head[3];
  unsigned char sizes[8 * 4];
  NN_TRY(readBytes(stream.get(), path, sizes, rank * 4, got));
  if (got < uint64_t(rank) * 4)
    return Status::error(
        format("%s ends after %llu bytes, before the end of its IDX header of %d bytes",
               path.c_str(), (unsigned long long)got + 4, rank * 4 + 4));
  file.shape.clear();
  unsigned __int128 total = file.elementBytes();
  for (int d = 0; d < rank; ++d) {
    const unsigned char *at = sizes + d * 4;
    file.shape.push_back(int64_t(at[0]) << 24 | at[1] << 16 | at[2] << 8 | at[3]);
    total *= uint64_t(file.shape.back());
    if (total >> 60)
      return Status::error(path + " is damaged: its header says " + shapeText(file.shape) +
                           " and more");
  }
  if (total == 0)
    return Status::error(path + " holds no items: its shape is " + shapeText(file.shape));
  return Status();
}

} // namespace

Status readIdxHeader(const std::string &path, IdxFile &file) {
  Gz stream;
  return open(path, file, stream);
}

/// Maps a file of the right length; any other is read, which reports the error.
static bool mapFile(const std::string &path, uint64_t expected, IdxFile &file) {
  const size_t header = 4 + 4 * file.shape.size();
  struct stat info;
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0)
    return false;
  bool fits = fstat(descriptor, &info) == 0 && uint64_t(info.st_size) == header + expected &&
              file.data.map(descriptor, size_t(info.st_size));
  close(descriptor);
  file.start = header;
  return fits;
}

Status readIdx(const std::string &path, IdxFile &file) {
  Gz stream;
  NN_TRY(open(path, file, stream));
  uint64_t expected = uint64_t(file.items()) * file.itemSize() * file.elementBytes();
  if (gzdirect(stream.get()) && mapFile(path, expected, file))
    return Status();
  file.start = 0;
  NN_TRY(file.data.allocate(expected, path));
  uint64_t got;
  NN_TRY(readBytes(stream.get(), path, file.data.data(), expected, got));
  if (got < expected)
    return Status::error(
        format("%s is cut off: its header %s announces %s bytes of data, %s were found",
               path.c_str(), shapeText(file.shape).c_str(), grouped(int64_t(expected)).c_str(),
               grouped(int64_t(got)).c_str()));
  unsigned char more;
  uint64_t extra;
  NN_TRY(readBytes(stream.get(), path, &more, 1, extra));
  if (extra)
    return Status::error(
        format("%s continues after the %s bytes of data that its header %s announces", path.c_str(),
               grouped(int64_t(expected)).c_str(), shapeText(file.shape).c_str()));
  int code;
  gzerror(stream.get(), &code);
  if (code == Z_BUF_ERROR)
    return Status::error(path + " is cut off: the end of its compressed data is missing");
  return Status();
}

} // namespace nnrt
