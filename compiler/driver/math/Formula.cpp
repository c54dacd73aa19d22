// Typesets formulas.
#include "compiler/driver/math/Formula.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace nnc::math;
using llvm::StringRef;

Formula Typography::number(double value) const {
  if (value < 0)
    return -number(-value);
  if (std::isinf(value))
    return {script.latex ? "\\infty" : "∞", Formula::Atom};
  if (std::fabs(value - M_PI) < 1e-6)
    return name("pi");
  if (value != 1 && std::fabs(value - 1) < 1e-4)
    return value < 1 ? difference(number(1), number(1 - value)) : sum(number(1), number(value - 1));
  std::string text;
  // Six digits are enough to distinguish the numbers in programs.
  llvm::raw_string_ostream(text) << llvm::format("%.*g", value < 1e-4 ? 3 : 6, value);
  StringRef mantissa, exponent;
  std::tie(mantissa, exponent) = StringRef(text).split('e');
  if (exponent.empty())
    return {text, Formula::Atom};
  const std::string ten = "10" + script.superscript(std::to_string(std::stoi(exponent.str())));
  if (mantissa == "1")
    return {ten, Formula::Power};
  return {mantissa.str() + (script.latex ? "\\cdot " : "·") + ten, Formula::Product};
}

// Composition

std::string Typography::str(const Formula &f) const {
  if (!f.isNegative)
    return f.text;
  return (script.latex ? "-" : "−") + (f.level == Formula::Sum ? wrap({f.text}) : f.text);
}

std::string Typography::wrap(const Formula &f) const {
  return script.latex ? "\\left(" + str(f) + "\\right)" : "(" + str(f) + ")";
}

std::string Typography::wrapBelow(const Formula &f, Formula::Level level) const {
  return f.isNegative || f.level < level ? wrap(f) : f.text;
}

/// Whether a reader could take what follows the formula for a part of it: true for Σᵢ x, false for
/// Σᵢ (x).
static bool isOpen(const Formula &f) {
  return f.level == Formula::Big && !StringRef(f.text).ends_with(")");
}

Formula Typography::sum(Formula a, Formula b) const {
  if (a.isNegative && !b.isNegative) // y − x rather than −x + y
    return difference(b, -a);
  if (b.isNegative)
    return difference(a, -b);
  if (a.level == Formula::Product && b.level == Formula::Matrix) // xᵀ·δ + 0.1 W
    std::swap(a, b);
  if (isOpen(a))
    a.text = wrap(a);
  if (isOpen(b))
    b.text = wrap(b);
  return {a.text + " + " + b.text, Formula::Sum};
}

Formula Typography::difference(Formula a, Formula b) const {
  if (b.isNegative)
    return sum(a, -b);
  if (isOpen(a))
    a = {wrap(a)};
  if (isOpen(b))
    b = {wrap(b)};
  return {str(a) + (script.latex ? " - " : " − ") + wrapBelow(b, Formula::Big), Formula::Sum};
}

Formula Typography::product(Formula a, Formula b, bool elementwise) const {
  const bool negative = a.isNegative != b.isNegative;
  a.isNegative = b.isNegative = false;
  // (1/n) x, but \frac{1}{n} x
  a.text = wrapBelow(a, script.latex ? Formula::Quotient : Formula::Product);
  b.text = wrapBelow(b, Formula::Big);
  if (elementwise && a.level == Formula::Matrix)
    a.text = wrap(a);
  if (b.level == Formula::Matrix) // 2 (x·W) ⊙ y
    b.text = wrap(b);
  const char *sign =
      elementwise ? (script.latex ? " \\odot " : " ⊙ ") : (script.latex ? "\\," : " ");
  if (!elementwise && !b.text.empty() && llvm::isDigit(b.text[0]))
    sign = script.latex ? " \\cdot " : "·";
  return {a.text + sign + b.text,
          std::min(b.level == Formula::Sum ? Formula::Product : b.level, Formula::Product),
          negative};
}

Formula Typography::matrixProduct(Formula a, Formula b) const {
  return {wrapBelow(a, Formula::Matrix) + (script.latex ? "\\," : "·") +
              wrapBelow(b, Formula::Power),
          Formula::Matrix};
}

Formula Typography::outerProduct(Formula a, Formula b) const {
  return {wrapBelow(a, Formula::Power) + (script.latex ? " \\otimes " : " ⊗ ") +
              wrapBelow(b, Formula::Power),
          Formula::Matrix};
}

Formula Typography::convolution(Formula a, Formula b) const {
  return {wrapBelow(a, Formula::Power) + (script.latex ? " \\ast " : " ∗ ") +
              wrapBelow(b, Formula::Power),
          Formula::Matrix};
}

Formula Typography::quotient(Formula a, Formula b) const {
  const bool negative = a.isNegative != b.isNegative;
  a.isNegative = b.isNegative = false;
  if (a.level == Formula::Big) { // (1/n) Σ …
    Formula factor = quotient(number(1), b);
    return {(script.latex ? factor.text : wrap(factor) + " ") + a.text, Formula::Big, negative};
  }
  if (script.latex)
    return {"\\frac{" + a.text + "}{" + b.text + "}", Formula::Quotient, negative};
  a.text = wrapBelow(a, Formula::Quotient);
  b.text = wrapBelow(b, Formula::Power);
  const bool longer = Script::width(a.text) + Script::width(b.text) > 6;
  return {a.text + (longer ? " / " : "/") + b.text, Formula::Quotient, negative};
}

Formula Typography::power(Formula base, Formula exponent) const {
  std::string raised = script.superscript(str(exponent));
  if (raised.empty())
    raised = "^" + (exponent.level == Formula::Atom && !exponent.isNegative ? exponent.text
                                                                            : wrap(exponent));
  return {wrapBelow(base, Formula::Atom) + raised, Formula::Power};
}

Formula Typography::root(Formula x) const {
  StringRef text = x.text;
  if (!x.isNegative && text.starts_with(script.latex ? "\\lVert" : "‖") &&
      text.consume_back(script.latex ? "^{2}" : "²"))
    return {text.str(), Formula::Power}; // √‖x‖² is ‖x‖
  if (script.latex)
    return {"\\sqrt{" + str(x) + "}", Formula::Atom};
  return {"√" + wrapBelow(x, Formula::Atom), Formula::Power};
}

Formula Typography::transposed(Formula x) const {
  return {wrapBelow(x, Formula::Atom) + (script.latex ? "^\\top" : "ᵀ"), Formula::Power};
}

Formula Typography::squaredNorm(Formula x) const {
  return {script.latex ? "\\lVert " + str(x) + "\\rVert^{2}" : "‖" + str(x) + "‖²", Formula::Power};
}

Formula Typography::function(StringRef symbol, llvm::ArrayRef<Formula> operands) const {
  std::string text = symbol.str() + (script.latex ? "\\left(" : "(");
  for (auto [i, f] : llvm::enumerate(operands))
    text += (i ? ", " : "") + str(f);
  return {text + (script.latex ? "\\right)" : ")"), Formula::Atom};
}

Formula Typography::enclosed(StringRef left, Formula x, StringRef right) const {
  const std::string space = script.latex ? " " : "";
  return {left.str() + space + str(x) + space + right.str(), Formula::Atom};
}

Formula Typography::relation(StringRef symbol, Formula a, Formula b) const {
  return {"[" + str(a) + " " + symbol.str() + " " + str(b) + "]", Formula::Atom};
}

Formula Typography::cases(Formula condition, Formula a, Formula b) const {
  const std::string whole = str(condition);
  StringRef c = whole;
  if (c.consume_front("["))
    c.consume_back("]");
  if (script.latex)
    return {"\\begin{cases}" + str(a) + " & " + c.str() + " \\\\ " + str(b) +
                " & \\text{otherwise}\\end{cases}",
            Formula::Atom};
  return {"{" + str(a) + " if " + c.str() + ", else " + str(b) + "}", Formula::Atom};
}

Formula Typography::element(Formula x, Formula index) const {
  return {wrapBelow(x, Formula::Atom) + "[" + str(index) + "]", Formula::Atom};
}

Formula Typography::big(StringRef symbol, StringRef indices, Formula x, bool linear) const {
  const bool negative = linear && x.isNegative;
  if (negative)
    x = -x;
  return {symbol.str() + script.subscript(indices) + " " + wrapBelow(x, Formula::Big), Formula::Big,
          negative};
}

Formula Typography::list(llvm::ArrayRef<Formula> elements) const {
  std::string text = "[";
  for (auto [i, f] : llvm::enumerate(elements))
    text += (i ? ", " : "") + str(f);
  return {text + "]", Formula::Atom};
}

Formula Typography::partial(Formula of, Formula by) const {
  if (script.latex)
    return {"\\frac{\\partial " + of.text + "}{\\partial " + by.text + "}", Formula::Atom};
  return {"∂" + of.text + "/∂" + by.text, Formula::Atom};
}
