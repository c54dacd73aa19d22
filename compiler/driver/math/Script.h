// Script: the names, words, indices and exponents of formulas as text, in Unicode or in LaTeX.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nnc::math {

struct Script {
  bool latex;

  /// A variable: a Greek letter if `base` spells one, with an index ("1", or empty).
  std::string variable(llvm::StringRef base, llvm::StringRef index = {}) const;
  /// A word of the program that appears unchanged in a formula: a place or a function's name.
  std::string word(llvm::StringRef text) const;
  /// Words among formulas.
  std::string phrase(llvm::StringRef text) const;
  /// Plain text.
  std::string escaped(llvm::StringRef text) const;
  std::string subscript(llvm::StringRef index) const;
  /// Empty if one of the characters has no superscript.
  std::string superscript(llvm::StringRef exponent) const;
  /// `name ∈ ℝ²ˣ³`; a negative size is the number of examples.
  std::string membership(llvm::StringRef name, llvm::ArrayRef<int64_t> shape) const;

  /// The number of columns that `text` takes on a terminal.
  static unsigned width(llvm::StringRef text);
};

} // namespace nnc::math
