// A text file as numbers of characters.
#pragma once

#include "runtime/sources/source.h"

namespace nnrt {

struct TextFile {
  std::vector<std::string> characters; // the different ones, in UTF-8, by code point
  std::vector<uint16_t> codes;         // of the whole text: indices of `characters`
};

/// Reads a text; bytes that are none of its encoding (nn_encoding) are an error that names the
/// line.
Status readText(const std::string &path, int32_t encoding, TextFile &text);

/// How many examples of `length` characters the text has: at least 1, or an error.
Status textRows(const std::string &path, const TextFile &text, int64_t length, int64_t &rows);

} // namespace nnrt
