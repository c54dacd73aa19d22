// Fuzzes PNG pictures. Almost any change makes a chunk's checksum wrong, so each input is read as
// it is, and with all checksums corrected.
#include "Pictures.h"

#include <zlib.h>

static std::string mended(std::string file) {
  auto number = [&](size_t at) {
    uint32_t value = 0;
    for (size_t i = 0; i < 4; ++i)
      value = value << 8 | (unsigned char)file[at + i];
    return value;
  };
  for (size_t at = 8; file.size() >= 12 && at <= file.size() - 12;) {
    const size_t length = number(at);
    if (length > file.size() - at - 12)
      break;
    const uint32_t sum =
        uint32_t(crc32(0, reinterpret_cast<const Bytef *>(&file[at + 4]), uInt(length + 4)));
    for (size_t i = 0; i < 4; ++i)
      file[at + 8 + length + i] = char(sum >> (24 - 8 * i));
    at += 12 + length;
  }
  return file;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  const std::string contents = nnc_fuzz::textOf(data, size);
  nnc_fuzz::readPicture(nnrt::readPng, contents);
  if (const std::string again = mended(contents); again != contents)
    nnc_fuzz::readPicture(nnrt::readPng, again);
  return 0;
}
