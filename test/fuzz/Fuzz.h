// What the targets share: one input, which is the text or the file that a reader is given.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

/// What libFuzzer calls for each input, or Corpus.cpp for each file of the corpus. Always 0.
extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

namespace nnc_fuzz {

inline std::string textOf(const uint8_t *data, size_t size) {
  return std::string(reinterpret_cast<const char *>(data), size);
}

/// The path of a file that holds the input; each call replaces it. It lies in memory, and goes with
/// the process.
std::string fileOf(const std::string &contents);

/// What a reader has read is looked at: a sanitizer sees what is not there.
void use(double value);
void use(const void *data, size_t size);

} // namespace nnc_fuzz
