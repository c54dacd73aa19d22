// Reads ZIP archives: members one after another, their directory, and at the very end of the file
// the position of the directory. Numbers are little-endian; those that do not fit are in extra
// fields ("zip64"). (PKWARE's APPNOTE.TXT, 4.3)
//
// Nothing in the file is trusted: every offset and size is compared with the file's length before
// it is used, by subtractions that cannot wrap. Pieces are read rather than mapped, so a file that
// shrinks meanwhile is also an error.
#include "runtime/sources/zip_file.h"

#include "runtime/files/file.h"

#include <algorithm>
#include <cerrno>
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

const uint64_t endSize = 22, end64Size = 56, locatorSize = 20, entrySize = 46, localSize = 30,
               mostComment = 65535;

/// Sizes and offsets that do not fit in 32 bits, in the order of the specification. False if one is
/// missing.
bool readWide(const unsigned char *extra, size_t length, ZipFile::Member &member) {
  size_t wanted = 0;
  for (uint64_t value : {member.size, member.packed, member.offset})
    wanted += value == 0xFFFFFFFF;
  while (wanted && length >= 4) {
    const size_t size = size_t(numberAt(extra + 2, 2));
    if (size > length - 4)
      return false;
    if (numberAt(extra, 2) == 1) {
      if (size < 8 * wanted)
        return false;
      const unsigned char *at = extra + 4;
      for (uint64_t *value : {&member.size, &member.packed, &member.offset})
        if (*value == 0xFFFFFFFF) {
          *value = numberAt(at, 8);
          at += 8;
        }
      return true;
    }
    extra += size + 4;
    length -= size + 4;
  }
  return wanted == 0;
}

} // namespace

ZipFile::~ZipFile() {
  if (file >= 0)
    close(file);
}

bool ZipFile::readAt(uint64_t offset, void *into, uint64_t size) const {
  if (offset > length || size > length - offset)
    return false;
  unsigned char *to = static_cast<unsigned char *>(into);
  while (size) {
    const ssize_t n = pread(file, to, size_t(std::min<uint64_t>(size, 1u << 30)), off_t(offset));
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0)
      return false;
    to += n;
    offset += uint64_t(n);
    size -= uint64_t(n);
  }
  return true;
}

/// Where the directory starts, where it must have ended, and how many entries it has.
bool ZipFile::findDirectory(uint64_t &start, uint64_t &end, uint64_t &count) const {
  std::vector<unsigned char> tail(size_t(std::min(length, mostComment + endSize)));
  if (tail.size() < endSize || !readAt(length - tail.size(), tail.data(), tail.size()))
    return false;
  for (size_t at = tail.size() - endSize + 1; at-- > 0;) { // a comment may follow
    const unsigned char *record = tail.data() + at;
    if (memcmp(record, "PK\5\6", 4) != 0 || numberAt(record + 20, 2) != tail.size() - endSize - at)
      continue;
    count = numberAt(record + 10, 2);
    start = numberAt(record + 16, 4);
    end = length - tail.size() + at;
    unsigned char locator[locatorSize], wide[end64Size];
    if ((count != 0xFFFF && start != 0xFFFFFFFF) || end < locatorSize ||
        !readAt(end - locatorSize, locator, locatorSize) || memcmp(locator, "PK\6\7", 4) != 0)
      return start <= end;
    end = numberAt(locator + 8, 8);
    if (!readAt(end, wide, end64Size) || memcmp(wide, "PK\6\6", 4) != 0)
      return false;
    count = numberAt(wide + 32, 8);
    start = numberAt(wide + 48, 8);
    return start <= end;
  }
  return false;
}

Status ZipFile::readDirectory(uint64_t at, uint64_t end, uint64_t count) {
  const Status damaged = Status::error(path + " is damaged: its directory ends too early");
  for (uint64_t i = 0; i < count; ++i) {
    unsigned char entry[entrySize];
    if (at > end || end - at < entrySize || !readAt(at, entry, entrySize) ||
        memcmp(entry, "PK\1\2", 4) != 0)
      return Status::error(damaged.message());
    const size_t nameSize = size_t(numberAt(entry + 28, 2)),
                 extraSize = size_t(numberAt(entry + 30, 2)),
                 commentSize = size_t(numberAt(entry + 32, 2)),
                 rest = nameSize + extraSize + commentSize;
    std::string texts(nameSize + extraSize, '\0');
    if (end - at - entrySize < rest || !readAt(at + entrySize, &texts[0], texts.size()))
      return Status::error(damaged.message());
    Member member;
    member.name = texts.substr(0, nameSize);
    member.method = uint16_t(numberAt(entry + 10, 2));
    member.checksum = uint32_t(numberAt(entry + 16, 4));
    member.packed = numberAt(entry + 20, 4);
    member.size = numberAt(entry + 24, 4);
    member.offset = numberAt(entry + 42, 4);
    if (!readWide(reinterpret_cast<const unsigned char *>(texts.data()) + nameSize, extraSize,
                  member))
      return Status::error(path + " is damaged: the sizes of `" + quoted(member.name) +
                           "` are missing");
    if (numberAt(entry + 8, 2) & 1)
      return Status::error(path + ": `" + quoted(member.name) + "` is encrypted");
    members.push_back(std::move(member));
    at += entrySize + rest;
  }
  return Status();
}

Status ZipFile::checkApart(uint64_t directory) const {
  std::vector<const Member *> byPlace, byName;
  for (const Member &member : members)
    byPlace.push_back(&member);
  byName = byPlace;
  std::sort(byPlace.begin(), byPlace.end(), [](auto *a, auto *b) { return a->offset < b->offset; });
  std::sort(byName.begin(), byName.end(), [](auto *a, auto *b) { return a->name < b->name; });
  for (size_t i = 0; i < byPlace.size(); ++i) {
    const Member &member = *byPlace[i];
    const uint64_t next = i + 1 < byPlace.size() ? byPlace[i + 1]->offset : directory;
    if (member.offset > next || next - member.offset < localSize ||
        next - member.offset - localSize < member.packed)
      return Status::error(path + " is damaged: `" + quoted(member.name) +
                           "` reaches into what follows it");
    if (i && byName[i]->name == byName[i - 1]->name)
      return Status::error(path + " is damaged: it holds `" + quoted(byName[i]->name) + "` twice");
  }
  return Status();
}

Status ZipFile::open(const std::string &name) {
  path = name;
  std::string start;
  NN_TRY(readFile(path, start, 4)); // reports a missing or empty file
  if (start.empty())
    return Status::error(path + " is empty");
  file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  struct stat info;
  if (file < 0 || fstat(file, &info) != 0)
    return systemError("open", path, errno);
  length = uint64_t(info.st_size);
  if (start.compare(0, 2, "PK") != 0)
    return Status::error(path + " is not an .npz file: it does not begin as a ZIP archive");
  uint64_t at = 0, end = 0, count = 0;
  if (!findDirectory(at, end, count))
    return Status::error(path + " is cut off: the directory at its end is missing");
  NN_TRY(readDirectory(at, end, count));
  return checkApart(at);
}

Status ZipFile::inflate(const Member &member, uint64_t start, uint64_t size, unsigned char *out,
                        const std::string &place) const {
  z_stream stream = {};
  if (inflateInit2(&stream, -MAX_WBITS) != Z_OK)
    return Status::error(place + "cannot be unpacked: there is no memory for it");
  std::vector<unsigned char> piece(size_t(std::min<uint64_t>(member.packed, 1u << 20)));
  uint64_t in = 0, made = 0;
  int code = Z_OK;
  bool readable = true;
  while (code == Z_OK && made < size && readable) {
    if (stream.avail_in == 0 && in < member.packed) {
      const uint64_t count = std::min<uint64_t>(member.packed - in, piece.size());
      readable = readAt(start + in, piece.data(), count);
      stream.next_in = piece.data();
      stream.avail_in = uInt(count);
      in += count;
    }
    const uInt room = uInt(std::min<uint64_t>(size - made, 1u << 30)); // zlib counts in 32 bits
    stream.next_out = out + made;
    stream.avail_out = room;
    if (readable)
      code = ::inflate(&stream, Z_NO_FLUSH);
    made += room - stream.avail_out;
  }
  inflateEnd(&stream);
  if (!readable)
    return Status::error(place + "was cut while it was read");
  return made == size ? Status()
                      : Status::error(place + "is damaged: its compressed data are not valid");
}

Status ZipFile::read(const Member &member, size_t limit, Buffer &result) const {
  const std::string place = path + ": `" + quoted(member.name) + "` ";
  unsigned char local[localSize];
  if (!readAt(member.offset, local, localSize) || memcmp(local, "PK\3\4", 4) != 0)
    return Status::error(place + "is damaged: it does not lie where the directory says");
  const uint64_t start =
      member.offset + localSize + numberAt(local + 26, 2) + numberAt(local + 28, 2);
  if (start > length || member.packed > length - start)
    return Status::error(place + "is cut off");
  const uint64_t size = std::min<uint64_t>(member.size, limit);
  if (member.method == 0 && member.packed != member.size)
    return Status::error(place + "is damaged: its sizes differ");
  if (member.method != 0 && member.method != 8)
    return Status::error(
        format("%sis compressed by method %d; stored and deflated ones are expected", place.c_str(),
               member.method));
  if (member.method == 8 && member.size / 1100 > member.packed) // deflate's best is 1032 to 1
    return Status::error(place + "is damaged: it cannot be as large as the directory says");
  NN_TRY(result.allocate(size_t(size), place));
  if (member.method == 8) {
    NN_TRY(inflate(member, start, size, result.data(), place));
  } else if (!readAt(start, result.data(), size)) {
    return Status::error(place + "was cut while it was read");
  }
  if (size != member.size)
    return Status();
  uLong sum = crc32(0, nullptr, 0);
  for (uint64_t at = 0; at < size; at += 1u << 30)
    sum = crc32(sum, result.data() + at, uInt(std::min<uint64_t>(size - at, 1u << 30)));
  return sum == member.checksum ? Status()
                                : Status::error(place + "is damaged: its checksum is wrong");
}

} // namespace nnrt
