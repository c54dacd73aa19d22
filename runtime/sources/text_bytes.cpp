// Unpacks, decodes and validates the bytes of text files.
#include "runtime/sources/text_bytes.h"

#include "runtime/files/file.h"
#include "runtime/support/buffer.h"
#include "runtime/support/utf8.h"

#include <algorithm>
#include <cstring>
#define ZLIB_CONST // z_stream::next_in is const
#include <zlib.h>

namespace nnrt {

size_t firstBadByte(std::string_view text) {
  for (size_t at = 0; at < text.size();) {
    uint64_t eight; // eight bytes at once: most text is ASCII
    while (at + sizeof eight <= text.size() &&
           (memcpy(&eight, text.data() + at, sizeof eight), !(eight & 0x8080808080808080)))
      at += sizeof eight;
    if (at == text.size())
      break;
    uint32_t code;
    const size_t size = firstCharacter(text.substr(at), code);
    if (code == UINT32_MAX)
      return at;
    at += size;
  }
  return std::string_view::npos;
}

namespace {

const char utf8Mark[] = "\xEF\xBB\xBF";

/// "file:line:column: byte 0xfc", both counted from 1, the column in bytes.
std::string byteAt(const std::string &path, std::string_view bytes, size_t at) {
  const std::string_view before = bytes.substr(0, at);
  size_t line = 1, start = 0;
  for (size_t i = 0; i < before.size(); ++i)
    if (before[i] == '\n' || (before[i] == '\r' && bytes[i + 1] != '\n')) {
      ++line;
      start = i + 1;
    }
  return format("%s:%zu:%zu: byte 0x%02x", path.c_str(), line, at - start + 1,
                (unsigned char)bytes[at]);
}

bool isPacked(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

struct Inflater {
  z_stream stream = {};
  bool open = false;
  ~Inflater() {
    if (open)
      inflateEnd(&stream);
  }
};

/// Fails if anything but zeros, which are padding, as gzip has it, follows the compressed data that
/// end before byte `end` of `packed`; `unpacked`: how many bytes of text they are.
Status checkPadding(const std::string &path, const std::string &packed, size_t end,
                    size_t unpacked) {
  const size_t other = packed.find_first_not_of('\0', end);
  if (other == std::string::npos)
    return Status();
  return Status::error(
      format("%s is damaged: after the end of its compressed data, which are %s bytes of "
             "text, there are %s other bytes from byte %s on",
             path.c_str(), grouped(int64_t(unpacked)).c_str(),
             grouped(int64_t(packed.size() - other)).c_str(), grouped(int64_t(other)).c_str()));
}

/// Unpacks up to `limit` bytes; an archive may contain several parts, one after the other.
Status unpack(const std::string &path, const std::string &packed, bool isWhole, size_t limit,
              std::string &bytes) {
  Inflater inflater;
  z_stream &z = inflater.stream;
  if (inflateInit2(&z, 15 + 16) != Z_OK)
    return Status::error("out of memory: unpacking " + path);
  inflater.open = true;
  size_t in = 0, got = 0;
  const size_t step = size_t(1) << 20;
  int code = Z_OK;
  while (got < limit) {
    if (bytes.size() - got < step) {
      const size_t size = std::min(limit, std::max(bytes.size() * 2, step * 4));
      NN_TRY(checkMemory(size, "unpacking " + path));
      bytes.resize(size);
    }
    const size_t room = std::min(bytes.size() - got, size_t(1) << 30);
    const size_t give = std::min(packed.size() - in, size_t(1) << 30);
    z.next_in = reinterpret_cast<const Bytef *>(packed.data()) + in;
    z.avail_in = uInt(give);
    z.next_out = reinterpret_cast<Bytef *>(&bytes[got]);
    z.avail_out = uInt(room);
    code = inflate(&z, Z_NO_FLUSH);
    in += give - z.avail_in;
    got += room - z.avail_out;
    if (code == Z_STREAM_END) {
      if (!isPacked(std::string_view(packed).substr(in))) {
        if (isWhole)
          NN_TRY(checkPadding(path, packed, in, got));
        break;
      }
      inflateReset(&z);
    } else if (code != Z_OK) {
      break;
    }
  }
  bytes.resize(got);
  if (code == Z_STREAM_END || got >= limit || (code == Z_BUF_ERROR && !isWhole))
    return Status();
  if (code == Z_MEM_ERROR)
    return Status::error("out of memory: unpacking " + path);
  if (code == Z_BUF_ERROR)
    return Status::error(
        format("%s is damaged: its compressed data end too early, after %s bytes of text",
               path.c_str(), grouped(int64_t(got)).c_str()));
  return Status::error(path +
                       " is damaged: " + (z.msg ? z.msg : "its compressed data are not valid"));
}

/// The characters of Windows-1252 where Latin-1 has control characters; 0: none.
const uint16_t windows[32] = {0x20AC, 0,      0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021,
                              0x02C6, 0x2030, 0x0160, 0x2039, 0x0152, 0,      0x017D, 0,
                              0,      0x2018, 0x2019, 0x201C, 0x201D, 0x2022, 0x2013, 0x2014,
                              0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0,      0x017E, 0x0178};

Status fromBytes(const std::string &path, bool isWindows, std::string &bytes) {
  if (bytes.compare(0, 3, utf8Mark) == 0)
    return Status::error(path + " begins with the mark of UTF-8; it needs no `encoding`");
  std::string text;
  text.reserve(bytes.size() + bytes.size() / 8);
  for (size_t i = 0; i < bytes.size(); ++i) {
    const unsigned char byte = (unsigned char)bytes[i];
    const uint32_t code = isWindows && byte >= 0x80 && byte < 0xA0 ? windows[byte - 0x80] : byte;
    if (!code && byte)
      return Status::error(byteAt(path, bytes, i) + " is no character of Windows-1252");
    addCharacter(text, code);
  }
  bytes = std::move(text);
  return Status();
}

Status fromUtf16(const std::string &path, std::string &bytes) {
  const bool bigEnd = bytes.compare(0, 2, "\xFE\xFF") == 0;
  auto unit = [&](size_t i) {
    const int32_t a = (unsigned char)bytes[i], b = (unsigned char)bytes[i + 1];
    return bigEnd ? a << 8 | b : b << 8 | a;
  };
  std::string text;
  for (size_t i = bigEnd || bytes.compare(0, 2, "\xFF\xFE") == 0 ? 2 : 0; i < bytes.size();
       i += 2) {
    int32_t code = i + 1 < bytes.size() ? unit(i) : 0xD800;
    if (code >= 0xD800 && code < 0xDC00 && i + 3 < bytes.size() && unit(i + 2) >= 0xDC00 &&
        unit(i + 2) < 0xE000) {
      code = 0x10000 + ((code - 0xD800) << 10) + (unit(i + 2) - 0xDC00);
      i += 2;
    } else if (code >= 0xD800 && code < 0xE000) {
      return Status::error(
          format("%s: byte %zu begins no character of UTF-16", path.c_str(), i + 1));
    }
    addCharacter(text, uint32_t(code));
  }
  bytes = std::move(text);
  return Status();
}

} // namespace

Status toText(const std::string &path, int32_t encoding, std::string &bytes) {
  if (bytes.empty())
    return Status::error(path + " is empty");
  if (bytes.compare(0, 4, "PK\3\4") == 0)
    return Status::error(
        path + " is a zip archive, as spreadsheets are too; a text is expected, such as CSV");
  const bool marked16 =
      bytes.compare(0, 2, "\xFF\xFE") == 0 || bytes.compare(0, 2, "\xFE\xFF") == 0;
  if (marked16 && encoding != NN_UTF16)
    return Status::error(
        path + " is in UTF-16: it begins with its mark\n  `encoding = \"utf-16\"` reads it");
  if (encoding == NN_UTF16)
    NN_TRY(fromUtf16(path, bytes));
  if (const size_t zero = bytes.find('\0'); zero != std::string::npos)
    return Status::error(format("%s is not a text file: byte %zu is 0", path.c_str(), zero + 1));
  if (encoding == NN_LATIN1 || encoding == NN_CP1252)
    return fromBytes(path, encoding == NN_CP1252, bytes);
  if (const size_t bad = firstBadByte(bytes); bad != std::string::npos)
    return Status::error(
        byteAt(path, bytes, bad) +
        " is no character: the file is not UTF-8\n  `encoding = \"latin1\"` reads it if it is in "
        "Latin-1, `encoding = \"cp1252\"` if it comes from Windows");
  return Status();
}

Status readText(const std::string &path, int32_t encoding, std::string &text, size_t limit,
                bool &cut) {
  NN_TRY(readFile(path, text, limit));
  if (isPacked(text)) {
    std::string packed;
    packed.swap(text);
    NN_TRY(unpack(path, packed, packed.size() < limit, limit, text));
  }
  cut = text.size() >= limit;
  if (cut) // the last character may be truncated as well
    text.resize(encoding == NN_UTF16 ? text.size() / 2 * 2 : text.rfind('\n') + 1);
  return toText(path, encoding, text);
}

} // namespace nnrt
