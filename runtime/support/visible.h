// Makes text from data safe for a terminal. Part of the contract: the compiler's messages quote
// data too.
//
// A terminal obeys control characters: escape sequences rename its window, move its cursor, or
// answer as if somebody had typed. The name of a class, a column or a file may contain them. It may
// also contain Unicode's bidirectional controls, which can make a name look like another one, and
// characters that end a line without being a newline.
#ifndef NNC_RUNTIME_VISIBLE_H
#define NNC_RUNTIME_VISIBLE_H

#include "runtime/support/utf8.h"

#include <cstdio>

namespace nnrt {

/// Whether a terminal shows nothing for `code` but obeys it: C0 and C1 controls, delete, marks,
/// embeddings, overrides and isolates of direction, line and paragraph separators, the byte order
/// mark, interlinear marks and tags.
inline bool isControl(uint32_t code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || code == 0x200E ||
         code == 0x200F || (code >= 0x2028 && code <= 0x202E) ||
         (code >= 0x2060 && code <= 0x206F) || code == 0xFEFF ||
         (code >= 0xFFF9 && code <= 0xFFFB) || (code >= 0xE0000 && code <= 0xE007F);
}

/// `text` with control characters (isControl()) as `\x1b` or `\u202e`, and bytes that are not UTF-8
/// as `\x9b`. With `lines`, newlines and tabs stay: for whole messages and tables, which contain
/// their own.
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
      snprintf(escape, sizeof escape,
               code < 0x100     ? "\\x%02x"
               : code < 0x10000 ? "\\u%04x"
                                : "\\U%08x",
               (unsigned)code);
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
