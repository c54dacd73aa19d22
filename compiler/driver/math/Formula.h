// Formulas as text: how parts are put together, in Unicode or in LaTeX. Knows nothing of MLIR.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nnc::math {

/// A formula, and how strongly its outermost form holds together: what decides on parentheses.
struct Formula {
  enum Level { Sum, Big, Quotient, Product, Matrix, Power, Atom };
  std::string text;
  Level level = Atom;
  /// A minus stands before all of it, and is not in `text`: products and sums move it to where it
  /// reads best. `level` is that of the rest.
  bool isNegative = false;

  Formula operator-() const { return {text, level, !isNegative}; }
};

/// Puts formulas together. All operands are complete formulas; parentheses are added where they are
/// needed.
class Typography {
public:
  explicit Typography(bool latex) : latex(latex) {}
  const bool latex;

  /// A variable: Greek where `base` spells a Greek letter, with an index ("1", or empty).
  Formula name(llvm::StringRef base, llvm::StringRef index = {}) const;
  /// A word of the program that stands in a formula as it is: a place or a function's name.
  std::string word(llvm::StringRef text) const;
  /// Plain text among formulas.
  std::string escaped(llvm::StringRef text) const;
  Formula number(double value) const;
  Formula sum(Formula a, Formula b) const;
  Formula difference(Formula a, Formula b) const;
  Formula negative(Formula x) const;
  /// The whole text, with its sign.
  std::string str(const Formula &f) const;
  /// `elementwise`: both have elements of their own (⊙); otherwise one is a number.
  Formula product(Formula a, Formula b, bool elementwise) const;
  Formula matrixProduct(Formula a, Formula b) const;
  Formula outerProduct(Formula a, Formula b) const;
  Formula convolution(Formula a, Formula b) const;
  Formula quotient(Formula a, Formula b) const;
  Formula power(Formula base, Formula exponent) const;
  Formula root(Formula x) const;
  Formula transposed(Formula x) const;
  Formula squaredNorm(Formula x) const;
  /// `symbol` is already typeset.
  Formula function(llvm::StringRef symbol, llvm::ArrayRef<Formula> operands) const;
  Formula enclosed(llvm::StringRef left, Formula x, llvm::StringRef right) const;
  Formula relation(llvm::StringRef symbol, Formula a, Formula b) const;
  Formula cases(Formula condition, Formula a, Formula b) const;
  Formula element(Formula x, Formula index) const;
  /// Σ, max … with the indices that vanish ("i", "jk"). A minus goes before it where it is
  /// `linear`.
  Formula big(llvm::StringRef symbol, llvm::StringRef indices, Formula x, bool linear) const;
  Formula list(llvm::ArrayRef<Formula> elements) const;
  Formula partial(Formula of, Formula by) const; // ∂J/∂w
  /// `x ∈ ℝ²ˣ³`; a negative size is the number of examples.
  std::string membership(const Formula &x, llvm::ArrayRef<int64_t> shape) const;

  /// The columns that `text` takes on a terminal.
  static unsigned width(llvm::StringRef text);
  std::string subscript(llvm::StringRef index) const;

private:
  std::string wrap(const Formula &f) const;
  std::string wrapBelow(const Formula &f, Formula::Level level) const;
  std::string superscript(llvm::StringRef exponent) const;
};

} // namespace nnc::math
