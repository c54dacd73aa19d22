// ZIP: members one after another, a directory of them, and at the file's very end where the directory is. Numbers are little-endian;
// those that do not fit stand in extra fields ("zip64"). (PKWARE's APPNOTE.TXT, 4.3)
#include "runtime/sources/zip_file.h"

#include "runtime/file.h"

#include <algorithm>
#include <cstring>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace nnrt {

namespace {

/// A number of `bytes` bytes at `at`.
uint64_t numberAt(const unsigned char *at, int bytes) {
  uint64_t value = 0;
  for (int i = bytes; i-- > 0;)
    value = value << 8 | at[i];
  return value;
}

const size_t endSize = 22, end64Size = 56, locatorSize = 20, entrySize = 46, localSize = 30;

/// Where the directory starts and how many entries it has.
bool findDirectory(const Buffer &file, uint64_t &start, uint64_t &count) {
  const unsigned char *data = file.data();
  for (size_t at = file.size() - endSize; at + 65536 > file.size() - endSize; --at) { // a comment may follow
    if (memcmp(data + at, "PK\5\6", 4) == 0) {
      count = numberAt(data + at + 10, 2);
      start = numberAt(data + at + 16, 4);
      const bool wide = (count == 0xFFFF || start == 0xFFFFFFFF) && at >= locatorSize &&
                        memcmp(data + at - locatorSize, "PK\6\7", 4) == 0;
      if (!wide)
        return true;
      const uint64_t record = numberAt(data + at - locatorSize + 8, 8);
      if (record > file.size() - end64Size || memcmp(data + record, "PK\6\6", 4) != 0)
        return false;
      count = numberAt(data + record + 32, 8);
      start = numberAt(data + record + 48, 8);
      return true;
    }
    if (at == 0)
      break;
  }
  return false;
}

/// Sizes and offsets that do not fit in 32 bits, in the order of the specification.
void readWide(const unsigned char *extra, size_t length, ZipFile::Member &member) {
  while (length >= 4) {
    const size_t size = size_t(numberAt(extra + 2, 2));
    if (size + 4 > length)
      return;
    if (numberAt(extra, 2) == 1) {
      size_t at = 4;
      for (uint64_t *value : {&member.size, &member.packed, &member.offset})
        if (*value == 0xFFFFFFFF && at + 8 <= size + 4) {
          *value = numberAt(extra + at, 8);
          at += 8;
        }
      return;
    }
    extra += size + 4;
    length -= size + 4;
  }
}

} // namespace

Status ZipFile::open(const std::string &name) {
  path = name;
  std::string start;
  NN_TRY(readFile(path, start, 4)); // what is wrong with a missing or empty file
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info;
  const bool mapped = descriptor >= 0 && fstat(descriptor, &info) == 0 && file.map(descriptor, size_t(info.st_size));
  if (descriptor >= 0)
    close(descriptor);
  if (start.empty())
    return Status::error(path + " is empty");
  if (!mapped)
    return Status::error("cannot open " + path);
  if (start.compare(0, 2, "PK") != 0)
    return Status::error(path + " is not an .npz file: it does not begin as a ZIP archive");
  uint64_t at = 0, count = 0;
  if (file.size() < endSize || !findDirectory(file, at, count))
    return Status::error(path + " is cut off: the directory at its end is missing");
  for (uint64_t i = 0; i < count; ++i) {
    const unsigned char *entry = file.data() + at;
    if (at > file.size() || file.size() - at < entrySize || memcmp(entry, "PK\1\2", 4) != 0)
      return Status::error(path + " is damaged: its directory ends too early");
    Member member;
    const size_t nameSize = size_t(numberAt(entry + 28, 2)), extraSize = size_t(numberAt(entry + 30, 2)),
                 commentSize = size_t(numberAt(entry + 32, 2));
    if (file.size() - at < entrySize + nameSize + extraSize + commentSize)
      return Status::error(path + " is damaged: its directory ends too early");
    member.name.assign(reinterpret_cast<const char *>(entry) + entrySize, nameSize);
    member.method = uint16_t(numberAt(entry + 10, 2));
    member.checksum = uint32_t(numberAt(entry + 16, 4));
    member.packed = numberAt(entry + 20, 4);
    member.size = numberAt(entry + 24, 4);
    member.offset = numberAt(entry + 42, 4);
    readWide(entry + entrySize + nameSize, extraSize, member);
    if (numberAt(entry + 8, 2) & 1)
      return Status::error(path + ": `" + quoted(member.name) + "` is encrypted");
    members.push_back(std::move(member));
    at += entrySize + nameSize + extraSize + commentSize;
  }
  return Status();
}

Status ZipFile::read(const Member &member, size_t limit, Buffer &result) const {
  const std::string place = path + ": `" + quoted(member.name) + "` ";
  const unsigned char *local = file.data() + member.offset;
  if (member.offset > file.size() || file.size() - member.offset < localSize || memcmp(local, "PK\3\4", 4) != 0)
    return Status::error(place + "is damaged: it does not lie where the directory says");
  const uint64_t start = member.offset + localSize + numberAt(local + 26, 2) + numberAt(local + 28, 2);
  if (start > file.size() || member.packed > file.size() - start)
    return Status::error(place + "is cut off");
  const uint64_t size = std::min<uint64_t>(member.size, limit);
  if (member.method == 0 && member.packed != member.size)
    return Status::error(place + "is damaged: its sizes differ");
  if (member.method != 0 && member.method != 8)
    return Status::error(format("%sis compressed by method %d; stored and deflated ones are expected", place.c_str(),
                                member.method));
  if (member.method == 8 && member.size / 1100 > member.packed) // deflate's best is 1032 to 1
    return Status::error(place + "is damaged: it cannot be as large as the directory says");
  NN_TRY(result.allocate(size_t(size), place));
  const unsigned char *from = file.data() + start;
  if (member.method == 0) {
    memcpy(result.data(), from, size_t(size));
  } else {
    z_stream stream = {};
    if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
      return Status::error(place + "cannot be unpacked: there is no memory for it");
    uint64_t in = 0, out = 0;
    int code = Z_OK;
    while (code == Z_OK && out < size) { // zlib counts in 32 bits
      stream.next_in = const_cast<unsigned char *>(from + in);
      stream.avail_in = uInt(std::min<uint64_t>(member.packed - in, 1u << 30));
      stream.next_out = result.data() + out;
      stream.avail_out = uInt(std::min<uint64_t>(size - out, 1u << 30));
      const uInt hadIn = stream.avail_in, hadOut = stream.avail_out;
      code = inflate(&stream, Z_NO_FLUSH);
      in += hadIn - stream.avail_in;
      out += hadOut - stream.avail_out;
    }
    inflateEnd(&stream);
    if (out < size)
      return Status::error(place + "is damaged: its compressed data are not valid");
  }
  if (size != member.size)
    return Status();
  uLong sum = crc32(0, nullptr, 0);
  for (uint64_t at = 0; at < size; at += 1u << 30)
    sum = crc32(sum, result.data() + at, uInt(std::min<uint64_t>(size - at, 1u << 30)));
  return sum == member.checksum ? Status() : Status::error(place + "is damaged: its checksum is wrong");
}

} // namespace nnrt
