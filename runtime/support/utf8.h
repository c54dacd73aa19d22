// Reads and writes single characters of UTF-8 text. Part of the contract, as visible.h is.
#ifndef NNC_RUNTIME_UTF8_H
#define NNC_RUNTIME_UTF8_H

#include <cstdint>
#include <string>
#include <string_view>

namespace nnrt {

/// The first character of `text`: returns its number of bytes, and its code or UINT32_MAX if it is
/// not UTF-8. Bytes that are not UTF-8 count one by one.
inline size_t firstCharacter(std::string_view text, uint32_t &code) {
  const unsigned char lead = (unsigned char)text[0];
  const size_t size = lead < 0x80   ? 1
                      : lead < 0xC2 ? 0
                      : lead < 0xE0 ? 2
                      : lead < 0xF0 ? 3
                      : lead < 0xF5 ? 4
                                    : 0;
  code = UINT32_MAX;
  if (size == 0 || size > text.size())
    return 1;
  uint32_t value = size == 1 ? lead : lead & (0x7Fu >> size);
  for (size_t i = 1; i < size; ++i) {
    if (((unsigned char)text[i] & 0xC0) != 0x80)
      return 1;
    value = value << 6 | ((unsigned char)text[i] & 0x3F);
  }
  const bool tooLong = (size == 3 && value < 0x800) || (size == 4 && value < 0x10000);
  if (tooLong || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000))
    return 1;
  code = value;
  return size;
}

/// Adds the character of that code, at most 0x10FFFF, to a text.
inline void addCharacter(std::string &text, uint32_t code) {
  if (code < 0x80) {
    text += char(code);
    return;
  }
  if (code < 0x800) {
    text += char(0xC0 | code >> 6);
  } else {
    if (code < 0x10000) {
      text += char(0xE0 | code >> 12);
    } else {
      text += char(0xF0 | code >> 18);
      text += char(0x80 | (code >> 12 & 0x3F));
    }
    text += char(0x80 | (code >> 6 & 0x3F));
  }
  text += char(0x80 | (code & 0x3F));
}

} // namespace nnrt
#endif
