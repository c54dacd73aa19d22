// Formulas as text: combines parts of formulas, in Unicode or in LaTeX. Does not depend on MLIR.
#pragma once

#include "compiler/driver/math/Script.h"

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
  explicit Typography(bool latex) : script{latex} {}
  const Script script;

  /// A variable (Script::variable).
  Formula name(llvm::StringRef base, llvm::StringRef index = {}) const {
    return {script.variable(base, index), Formula::Atom};
  }
  Formula number(double value) const;
  Formula sum(Formula a, Formula b) const;
  Formula difference(Formula a, Formula b) const;
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

private:
  std::string wrap(const Formula &f) const;
  std::string wrapBelow(const Formula &f, Formula::Level level) const;
};

} // namespace nnc::math
