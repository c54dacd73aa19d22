// Parses decimal numbers with std::from_chars, which reads any length and ignores the locale.
#include "compiler/support/Numbers.h"

#include <charconv>

bool nnc::readNumber(llvm::StringRef text, double &value) {
  value = 0;
  text.consume_front("+");
  auto [end, error] = std::from_chars(text.begin(), text.end(), value);
  return error == std::errc() && end == text.end() && !text.empty();
}
