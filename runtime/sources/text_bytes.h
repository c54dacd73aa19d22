// The bytes of a file as text: unpacked, and in UTF-8 whatever they were in.
#pragma once

#include "runtime/abi.h"
#include "runtime/support/status.h"

#include <string>
#include <string_view>

namespace nnrt {

/// Where the first byte is that belongs to no character; npos where the text is UTF-8.
size_t firstBadByte(std::string_view text);

/// Reads a text file, gzipped or plain, and makes UTF-8 of it. Bytes that are not in the encoding,
/// and files that are no texts, are errors that name the line and the byte, and the cure. Of a text
/// longer than `limit` bytes it gives the whole lines at its start, and sets `cut`.
Status readText(const std::string &path, int32_t encoding, std::string &text, size_t limit,
                bool &cut);

/// The same of bytes that were read already; `path` is for messages.
Status toText(const std::string &path, int32_t encoding, std::string &bytes);

} // namespace nnrt
