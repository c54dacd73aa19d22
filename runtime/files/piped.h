// `-` as an input file: standard input.
#pragma once

#include "runtime/support/status.h"

#include <string>

namespace nnrt {

/// All of standard input, as a file in memory that lasts as long as the object, because readers
/// need a file's length and seek in it.
class PipedInput {
public:
  PipedInput() = default;
  PipedInput(const PipedInput &) = delete;
  ~PipedInput();

  /// Reads to the end; a signal ends it early, as an error.
  Status read();
  /// The path to open.
  const std::string &path() const { return name; }
  /// `text` with the user's name for the file instead of path().
  static std::string named(std::string text);

private:
  int file = -1;
  static std::string name; // there is one standard input
};

} // namespace nnrt
