// Writes PNG files (ISO/IEC 15948): signature, IHDR, IDAT, IEND, each chunk with its CRC; zlib does
// the compression.
#include "runtime/report/page.h"

#include <zlib.h>

namespace nnrt {

static void bigEndian(std::string &out, uint32_t value) {
  for (int shift = 24; shift >= 0; shift -= 8)
    out += char(value >> shift & 0xFF);
}

static void chunk(std::string &out, const char *kind, const std::string &data) {
  bigEndian(out, uint32_t(data.size()));
  std::string body = kind + data;
  out += body;
  bigEndian(out,
            uint32_t(crc32(0, reinterpret_cast<const Bytef *>(body.data()), uInt(body.size()))));
}

std::string pngFile(int32_t width, int32_t height, int32_t channels,
                    const std::vector<uint8_t> &pixels) {
  std::string rows, head, file = "\x89PNG\r\n\x1a\n";
  const size_t row = size_t(width) * size_t(channels);
  for (int32_t y = 0; y < height; ++y) {
    rows += '\0'; // no filter
    rows.append(reinterpret_cast<const char *>(pixels.data()) + size_t(y) * row, row);
  }
  uLongf size = compressBound(uLong(rows.size()));
  std::string packed(size, '\0');
  compress2(reinterpret_cast<Bytef *>(&packed[0]), &size,
            reinterpret_cast<const Bytef *>(rows.data()), uLong(rows.size()), 9);
  packed.resize(size);
  bigEndian(head, uint32_t(width));
  bigEndian(head, uint32_t(height));
  head += '\x08';                        // bits per channel
  head += channels == 3 ? '\x02' : '\0'; // RGB or grey
  head.append(3, '\0');
  chunk(file, "IHDR", head);
  chunk(file, "IDAT", packed);
  chunk(file, "IEND", "");
  return file;
}

std::string base64(const std::string &bytes) {
  static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (size_t i = 0; i < bytes.size(); i += 3) {
    uint32_t group = 0;
    for (size_t k = 0; k < 3; ++k)
      group = group << 8 | (i + k < bytes.size() ? uint8_t(bytes[i + k]) : 0);
    for (size_t k = 0; k < 4; ++k)
      out += i + k <= bytes.size() ? digits[group >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

} // namespace nnrt
