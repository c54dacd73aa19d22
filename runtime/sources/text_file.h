// A text file as a sequence of character numbers.
#pragma once

#include "runtime/sources/source.h"

namespace nnrt {

struct TextFile {
  std::vector<std::string> characters; // the distinct ones, in UTF-8, by code point
  std::vector<uint16_t> codes;         // of the whole text: indices of `characters`
};

/// Reads a text; bytes that are not valid in its encoding are an error that names the
/// line.
Status readText(const std::string &path, int32_t encoding, TextFile &text);

/// The number of examples of `length` characters in the text: at least 1, or an error.
Status textRows(const std::string &path, const TextFile &text, int64_t length, int64_t &rows);

} // namespace nnrt
