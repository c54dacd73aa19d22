// `-` for a file that is read: standard input.
#pragma once

#include "runtime/support/status.h"

#include <string>

namespace nnrt {

/// All of standard input, as a file in memory that lasts as long as the object: readers look at a
/// file's length and go back in it.
class PipedInput {
public:
  PipedInput() = default;
  PipedInput(const PipedInput &) = delete;
  ~PipedInput();

  /// Reads to the end; a signal ends it early, as an error.
  Status read();
  /// What to open.
  const std::string &path() const { return name; }
  /// The text with what the user calls the file instead of path().
  static std::string named(std::string text);

private:
  int file = -1;
  static std::string name; // there is one standard input
};

} // namespace nnrt
