// Text of data, made safe for a terminal. Part of the contract: the compiler's messages quote data too.
//
// A terminal obeys control characters: escape sequences rename its window, move its cursor, answer as if somebody had typed. A
// name of a class, a column or a file may hold any of them. So does what turns the direction of the text around it (Unicode's
// bidirectional controls), by which a name can look like another one, and what ends a line without being a newline.
#ifndef NNC_RUNTIME_VISIBLE_H
#define NNC_RUNTIME_VISIBLE_H

#include <cstdint>
#include <cstdio>
#include <string>
#include <string_view>

namespace nnrt {

/// Whether a terminal shows nothing for `code` but does something: C0 and C1 controls, delete, marks, embeddings, overrides and
/// isolates of direction, line and paragraph separators, the byte order mark, interlinear marks and tags.
inline bool isControl(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E || code == 0x200F ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
         (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

/// The character that `text` begins with: its bytes, and its code or UINT32_MAX when they are not UTF-8.
inline size_t firstCharacter(std::string_view text, uint32_t &code) {
  const unsigned char lead = (unsigned char)text[0];
  const size_t size = lead < 0x80 ? 1 : lead < 0xC2 ? 0 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
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

/// `text` with what isControl() as `\x1b` or `\u202e`, and with bytes that are no UTF-8 as `\x9b`. With `lines`, newlines and tabs
/// stay: for whole messages and tables, whose own they are.
inline std::string visible(std::string_view text, bool lines = false) {
  std::string shown;
  shown.reserve(text.size());
  for (size_t at = 0; at < text.size();) {
    uint32_t code;
    const size_t size = firstCharacter(text.substr(at), code);
    char escape[16];
    if (code == UINT32_MAX)
      snprintf(escape, sizeof escape, "\\x%02x", (unsigned char)text[at]);
    else if (!isControl(code) || (lines && (code == '\n' || code == '\t')))
      escape[0] = 0;
    else
      snprintf(escape, sizeof escape, code < 0x100 ? "\\x%02x" : code < 0x10000 ? "\\u%04x" : "\\U%08x", (unsigned)code);
    if (escape[0])
      shown += escape;
    else
      shown.append(text.substr(at, size));
    at += size;
  }
  return shown;
}

} // namespace nnrt
#endif
