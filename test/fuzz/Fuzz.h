// Functions that the fuzz targets share. One input is the text or the file that a reader gets.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// Called by libFuzzer for each input, or by Corpus.cpp for each file of the corpus. Always returns
/// 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace nnc_fuzz {

inline std::string textOf(const uint8_t *data, size_t size) {
  return std::string(reinterpret_cast<const char *>(data), size);
}

/// The path of a file with the input; each call replaces the file. It is in memory, and ends with
/// the process.
std::string fileOf(const std::string &contents);

/// Uses a value that a reader has read, so that a sanitizer notices uninitialised memory.
void use(double value);
void use(const void *data, size_t size);

} // namespace nnc_fuzz
