// Typesets formulas.
#include "compiler/driver/math/Formula.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace nnc::math;
using llvm::StringRef;

// Characters

static const char *const greek[][2] = {
    {"alpha", "α"}, {"beta", "β"},  {"gamma", "γ"}, {"delta", "δ"},  {"epsilon", "ε"},
    {"eta", "η"},   {"theta", "θ"}, {"kappa", "κ"}, {"lambda", "λ"}, {"mu", "μ"},
    {"nu", "ν"},    {"xi", "ξ"},    {"pi", "π"},    {"rho", "ρ"},    {"sigma", "σ"},
    {"tau", "τ"},   {"phi", "φ"},   {"chi", "χ"},   {"psi", "ψ"},    {"omega", "ω"}};

static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
static const char *const lowered[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};

static StringRef raisedLetter(char c) {
  switch (c) {
  case '-':
    return "⁻";
  case '+':
    return "⁺";
  case 'n':
    return "ⁿ";
  case 't':
    return "ᵗ";
  case 'k':
    return "ᵏ";
  default:
    return {};
  }
}

static StringRef loweredLetter(char c) {
  switch (c) {
  case 'i':
    return "ᵢ";
  case 'j':
    return "ⱼ";
  case 'k':
    return "ₖ";
  case 'l':
    return "ₗ";
  case 'm':
    return "ₘ";
  case 'n':
    return "ₙ";
  case 'p':
    return "ₚ";
  default:
    return {};
  }
}

std::string Typography::superscript(StringRef exponent) const {
  if (latex)
    return "^{" + exponent.str() + "}";
  std::string out;
  for (StringRef rest = exponent; !rest.empty();) {
    if (rest.consume_front("−")) {
      out += "⁻";
      continue;
    }
    const char c = rest.front();
    rest = rest.drop_front();
    if (llvm::isDigit(c))
      out += raised[c - '0'];
    else if (StringRef letter = raisedLetter(c); !letter.empty())
      out += letter;
    else
      return {}; // one of the characters has no superscript
  }
  return out;
}

std::string Typography::subscript(StringRef index) const {
  if (index.empty())
    return {};
  if (latex)
    return "_{" + index.str() + "}";
  std::string out;
  for (char c : index) {
    if (llvm::isDigit(c))
      out += lowered[c - '0'];
    else if (StringRef letter = loweredLetter(c); !letter.empty())
      out += letter;
    else
      return "_" + index.str();
  }
  return out;
}

unsigned Typography::width(StringRef text) {
  const int columns = llvm::sys::unicode::columnWidthUTF8(text);
  return columns < 0 ? text.size() : columns;
}

std::string Typography::escaped(StringRef text) const {
  if (!latex)
    return text.str();
  std::string out;
  for (char c : text)
    out += StringRef("_#$%&{}").contains(c) ? std::string("\\") + c : std::string(1, c);
  return out;
}

std::string Typography::word(StringRef text) const {
  return latex ? "\\mathrm{" + escaped(text) + "}" : text.str();
}

Formula Typography::name(StringRef base, StringRef index) const {
  base = base.rtrim('_');
  std::string stem = base.str();
  bool symbol = base.size() <= 1 || !llvm::isAlpha(base.back());
  for (auto &[spelled, letter] : greek)
    if (base == spelled || base == letter) {
      stem = latex ? "\\" + std::string(spelled) : letter;
      symbol = true;
    }
  if (latex && base == "ŷ") {
    stem = "\\hat{y}";
    symbol = true;
  }
  if (!symbol)
    stem = word(base);
  return {stem + subscript(index), Formula::Atom};
}

Formula Typography::number(double value) const {
  if (value < 0)
    return -number(-value);
  if (std::isinf(value))
    return {latex ? "\\infty" : "∞", Formula::Atom};
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
  const std::string ten = "10" + superscript(std::to_string(std::stoi(exponent.str())));
  if (mantissa == "1")
    return {ten, Formula::Power};
  return {mantissa.str() + (latex ? "\\cdot " : "·") + ten, Formula::Product};
}

// Composition

std::string Typography::str(const Formula &f) const {
  if (!f.isNegative)
    return f.text;
  return (latex ? "-" : "−") + (f.level == Formula::Sum ? wrap({f.text}) : f.text);
}

std::string Typography::wrap(const Formula &f) const {
  return latex ? "\\left(" + str(f) + "\\right)" : "(" + str(f) + ")";
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
  return {str(a) + (latex ? " - " : " − ") + wrapBelow(b, Formula::Big), Formula::Sum};
}

Formula Typography::negative(Formula x) const { return -x; }

Formula Typography::product(Formula a, Formula b, bool elementwise) const {
  const bool negative = a.isNegative != b.isNegative;
  a.isNegative = b.isNegative = false;
  // (1/n) x, but \frac{1}{n} x
  a.text = wrapBelow(a, latex ? Formula::Quotient : Formula::Product);
  b.text = wrapBelow(b, Formula::Big);
  if (elementwise && a.level == Formula::Matrix)
    a.text = wrap(a);
  if (b.level == Formula::Matrix) // 2 (x·W) ⊙ y
    b.text = wrap(b);
  const char *sign = elementwise ? (latex ? " \\odot " : " ⊙ ") : (latex ? "\\," : " ");
  if (!elementwise && !b.text.empty() && llvm::isDigit(b.text[0]))
    sign = latex ? " \\cdot " : "·";
  return {a.text + sign + b.text,
          std::min(b.level == Formula::Sum ? Formula::Product : b.level, Formula::Product),
          negative};
}

Formula Typography::matrixProduct(Formula a, Formula b) const {
  return {wrapBelow(a, Formula::Matrix) + (latex ? "\\," : "·") + wrapBelow(b, Formula::Power),
          Formula::Matrix};
}

Formula Typography::outerProduct(Formula a, Formula b) const {
  return {wrapBelow(a, Formula::Power) + (latex ? " \\otimes " : " ⊗ ") +
              wrapBelow(b, Formula::Power),
          Formula::Matrix};
}

Formula Typography::convolution(Formula a, Formula b) const {
  return {wrapBelow(a, Formula::Power) + (latex ? " \\ast " : " ∗ ") + wrapBelow(b, Formula::Power),
          Formula::Matrix};
}

Formula Typography::quotient(Formula a, Formula b) const {
  const bool negative = a.isNegative != b.isNegative;
  a.isNegative = b.isNegative = false;
  if (a.level == Formula::Big) { // (1/n) Σ …
    Formula factor = quotient(number(1), b);
    return {(latex ? factor.text : wrap(factor) + " ") + a.text, Formula::Big, negative};
  }
  if (latex)
    return {"\\frac{" + a.text + "}{" + b.text + "}", Formula::Quotient, negative};
  a.text = wrapBelow(a, Formula::Quotient);
  b.text = wrapBelow(b, Formula::Power);
  const bool longer = width(a.text) + width(b.text) > 6;
  return {a.text + (longer ? " / " : "/") + b.text, Formula::Quotient, negative};
}

Formula Typography::power(Formula base, Formula exponent) const {
  std::string raised = superscript(str(exponent));
  if (raised.empty())
    raised = "^" + (exponent.level == Formula::Atom && !exponent.isNegative ? exponent.text
                                                                            : wrap(exponent));
  return {wrapBelow(base, Formula::Atom) + raised, Formula::Power};
}

Formula Typography::root(Formula x) const {
  StringRef text = x.text;
  if (!x.isNegative && text.starts_with(latex ? "\\lVert" : "‖") &&
      text.consume_back(latex ? "^{2}" : "²"))
    return {text.str(), Formula::Power}; // √‖x‖² is ‖x‖
  if (latex)
    return {"\\sqrt{" + str(x) + "}", Formula::Atom};
  return {"√" + wrapBelow(x, Formula::Atom), Formula::Power};
}

Formula Typography::transposed(Formula x) const {
  return {wrapBelow(x, Formula::Atom) + (latex ? "^\\top" : "ᵀ"), Formula::Power};
}

Formula Typography::squaredNorm(Formula x) const {
  return {latex ? "\\lVert " + str(x) + "\\rVert^{2}" : "‖" + str(x) + "‖²", Formula::Power};
}

Formula Typography::function(StringRef symbol, llvm::ArrayRef<Formula> operands) const {
  std::string text = symbol.str() + (latex ? "\\left(" : "(");
  for (auto [i, f] : llvm::enumerate(operands))
    text += (i ? ", " : "") + str(f);
  return {text + (latex ? "\\right)" : ")"), Formula::Atom};
}

Formula Typography::enclosed(StringRef left, Formula x, StringRef right) const {
  const std::string space = latex ? " " : "";
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
  if (latex)
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
  return {symbol.str() + subscript(indices) + " " + wrapBelow(x, Formula::Big), Formula::Big,
          negative};
}

Formula Typography::list(llvm::ArrayRef<Formula> elements) const {
  std::string text = "[";
  for (auto [i, f] : llvm::enumerate(elements))
    text += (i ? ", " : "") + str(f);
  return {text + "]", Formula::Atom};
}

Formula Typography::partial(Formula of, Formula by) const {
  if (latex)
    return {"\\frac{\\partial " + of.text + "}{\\partial " + by.text + "}", Formula::Atom};
  return {"∂" + of.text + "/∂" + by.text, Formula::Atom};
}

std::string Typography::membership(const Formula &x, llvm::ArrayRef<int64_t> shape) const {
  std::string text = x.text + (latex ? " \\in \\mathbb{R}" : " ∈ ℝ"), size;
  for (auto [i, n] : llvm::enumerate(shape)) {
    std::string dim = n < 0 ? "n" : std::to_string(n);
    size += latex ? (i ? " \\times " : "") + dim : (i ? "ˣ" : "") + superscript(dim);
  }
  if (shape.empty())
    return text;
  return text + (latex ? "^{" + size + "}" : size);
}
