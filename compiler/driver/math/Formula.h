// Formulas as text: combines parts of formulas, in Unicode or in LaTeX. Does not depend on MLIR.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nnc::math {

/// A formula, and how strongly its outermost operation binds, which decides where parentheses are
/// needed.
struct Formula {
  enum Level { Sum, Big, Quotient, Product, Matrix, Power, Atom };
  std::string text;
  Level level = Atom;
  /// The whole formula has a minus, which is not in `text`. Products and sums move it to where it
  /// reads best. `level` is that of the formula without the minus.
  bool isNegative = false;

  Formula operator-() const { return {text, level, !isNegative}; }
};

/// Combines formulas. All operands are complete formulas; parentheses are added where they are
/// needed.
class Typography {
public:
  explicit Typography(bool latex) : latex(latex) {}
  const bool latex;

  /// A variable: a Greek letter if `base` spells one, with an index ("1", or empty).
  Formula name(llvm::StringRef base, llvm::StringRef index = {}) const;
  /// A word of the program that appears unchanged in a formula: a place or a function's name.
  std::string word(llvm::StringRef text) const;
  /// Plain text among formulas.
  std::string escaped(llvm::StringRef text) const;
  Formula number(double value) const;
  Formula sum(Formula a, Formula b) const;
  Formula difference(Formula a, Formula b) const;
  Formula negative(Formula x) const;
  /// The whole text, with its sign.
  std::string str(const Formula &f) const;
  /// `elementwise`: both are multiplied element by element (⊙); otherwise one of them is a number.
  Formula product(Formula a, Formula b, bool elementwise) const;
  Formula matrixProduct(Formula a, Formula b) const;
  Formula outerProduct(Formula a, Formula b) const;
  Formula convolution(Formula a, Formula b) const;
  Formula quotient(Formula a, Formula b) const;
  Formula power(Formula base, Formula exponent) const;
  Formula root(Formula x) const;
  Formula transposed(Formula x) const;
  Formula squaredNorm(Formula x) const;
  /// `symbol` has already been typeset.
  Formula function(llvm::StringRef symbol, llvm::ArrayRef<Formula> operands) const;
  Formula enclosed(llvm::StringRef left, Formula x, llvm::StringRef right) const;
  Formula relation(llvm::StringRef symbol, Formula a, Formula b) const;
  Formula cases(Formula condition, Formula a, Formula b) const;
  Formula element(Formula x, Formula index) const;
  /// Σ, max … over the indices that are reduced ("i", "jk"). If it is `linear`, a minus of x is
  /// moved in front of it.
  Formula big(llvm::StringRef symbol, llvm::StringRef indices, Formula x, bool linear) const;
  Formula list(llvm::ArrayRef<Formula> elements) const;
  Formula partial(Formula of, Formula by) const; // ∂J/∂w
  /// `x ∈ ℝ²ˣ³`; a negative size is the number of examples.
  std::string membership(const Formula &x, llvm::ArrayRef<int64_t> shape) const;

  /// The number of columns that `text` takes on a terminal.
  static unsigned width(llvm::StringRef text);
  std::string subscript(llvm::StringRef index) const;

private:
  std::string wrap(const Formula &f) const;
  std::string wrapBelow(const Formula &f, Formula::Level level) const;
  std::string superscript(llvm::StringRef exponent) const;
};

} // namespace nnc::math
