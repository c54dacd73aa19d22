// Reads the bytes of a file as text: unpacked, and converted to UTF-8.
#pragma once

#include "runtime/schema/program.h"
#include "runtime/support/status.h"

#include <string>
#include <string_view>

namespace nnrt {

/// The position of the first byte that is not part of a character; npos if the text is UTF-8.
size_t firstBadByte(std::string_view text);

/// Reads a text file, gzipped or plain, and converts it to UTF-8. Bytes that are not valid in the
/// encoding, and files that are not text, are errors that name the line, the byte and the fix. For
/// a text longer than `limit` bytes it returns the whole lines at its start, and sets `cut`.
Status readText(const std::string &path, int32_t encoding, std::string &text, size_t limit,
                bool &cut);

/// The same for bytes that were already read; `path` is for messages.
Status toText(const std::string &path, int32_t encoding, std::string &bytes);

} // namespace nnrt
