// Typesetting.
#include "compiler/driver/math/Formula.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/Unicode.h"
#include "llvm/Support/raw_ostream.h"

#include <cmath>

using namespace nnc::math;
using llvm::StringRef;

// Characters -----------------------------------------------------------------------------------------------------

static const char *const greek[][2] = {
    {"alpha", "α"}, {"beta", "β"}, {"gamma", "γ"}, {"delta", "δ"}, {"epsilon", "ε"}, {"eta", "η"}, {"theta", "θ"},
    {"kappa", "κ"}, {"lambda", "λ"}, {"mu", "μ"}, {"nu", "ν"}, {"xi", "ξ"}, {"pi", "π"}, {"rho", "ρ"},
    {"sigma", "σ"}, {"tau", "τ"}, {"phi", "φ"}, {"chi", "χ"}, {"psi", "ψ"}, {"omega", "ω"}};

static const char *const raised[] = {"⁰", "¹", "²", "³", "⁴", "⁵", "⁶", "⁷", "⁸", "⁹"};
static const char *const lowered[] = {"₀", "₁", "₂", "₃", "₄", "₅", "₆", "₇", "₈", "₉"};

static StringRef raisedLetter(char c) {
  switch (c) {
  case '-': return "⁻";
  case '+': return "⁺";
  case 'n': return "ⁿ";
  case 't': return "ᵗ";
  case 'k': return "ᵏ";
  default: return {};
  }
}

static StringRef loweredLetter(char c) {
  switch (c) {
  case 'i': return "ᵢ";
  case 'j': return "ⱼ";
  case 'k': return "ₖ";
  case 'l': return "ₗ";
  case 'm': return "ₘ";
  case 'n': return "ₙ";
  case 'p': return "ₚ";
  default: return {};
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
      return {}; // not all of it can be raised
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
  if (std::isinf(value))
    return {std::string(value < 0 ? "−" : "") + (latex ? "\\infty" : "∞"), value < 0 ? Formula::Sum : Formula::Atom};
  if (value < 0)
    return negative(number(-value));
  if (std::fabs(value - M_PI) < 1e-6)
    return name("pi");
  if (value != 1 && std::fabs(value - 1) < 1e-4)
    return value < 1 ? difference(number(1), number(1 - value)) : sum(number(1), number(value - 1));
  std::string text;
  // Six digits tell apart whatever a program writes; near 1 three are all that single precision leaves of the rest.
  llvm::raw_string_ostream(text) << llvm::format("%.*g", value < 1e-4 ? 2 : 6, value);
  StringRef mantissa, exponent;
  std::tie(mantissa, exponent) = StringRef(text).split('e');
  if (exponent.empty())
    return {text, Formula::Atom};
  const int power = std::stoi(exponent.str());
  const std::string ten = "10" + superscript(std::to_string(power));
  if (mantissa == "1")
    return {ten, Formula::Power};
  return {mantissa.str() + (latex ? "\\cdot " : "·") + ten, Formula::Product};
}

// Composition ------------------------------------------------------------------------------------------------------

std::string Typography::wrap(const Formula &f) const {
  return latex ? "\\left(" + f.text + "\\right)" : "(" + f.text + ")";
}

Formula Typography::sum(Formula a, Formula b) const {
  if (a.level == Formula::Big)
    a.text = wrap(a);
  StringRef right = b.text;
  if (b.level == Formula::Sum && right.consume_front(latex ? "-" : "−"))
    return {a.text + (latex ? " - " : " − ") + right.ltrim().str(), Formula::Sum};
  return {a.text + " + " + b.text, Formula::Sum};
}

Formula Typography::difference(Formula a, Formula b) const {
  if (a.level == Formula::Big)
    a.text = wrap(a);
  if (b.level == Formula::Sum)
    b.text = wrap(b);
  return {a.text + (latex ? " - " : " − ") + b.text, Formula::Sum};
}

Formula Typography::negative(Formula x) const {
  if (x.level == Formula::Sum)
    x.text = wrap(x);
  return {(latex ? "-" : "−") + x.text, Formula::Sum};
}

Formula Typography::product(Formula a, Formula b, bool elementwise) const {
  if (a.level < Formula::Product || (a.level == Formula::Matrix && elementwise))
    a.text = wrap(a);
  if (b.level == Formula::Sum || (b.level == Formula::Matrix && elementwise))
    b.text = wrap(b);
  const char *sign = elementwise ? (latex ? " \\odot " : " ⊙ ") : (latex ? "\\," : " ");
  if (!elementwise && !b.text.empty() && llvm::isDigit(b.text[0]))
    sign = latex ? " \\cdot " : "·";
  return {a.text + sign + b.text, b.level == Formula::Big ? Formula::Big : Formula::Product};
}

Formula Typography::matrixProduct(Formula a, Formula b) const {
  if (a.level < Formula::Matrix)
    a.text = wrap(a);
  if (b.level <= Formula::Matrix)
    b.text = wrap(b);
  return {a.text + (latex ? "\\," : "·") + b.text, Formula::Matrix};
}

Formula Typography::outerProduct(Formula a, Formula b) const {
  if (a.level < Formula::Matrix)
    a.text = wrap(a);
  if (b.level <= Formula::Matrix)
    b.text = wrap(b);
  return {a.text + (latex ? " \\otimes " : " ⊗ ") + b.text, Formula::Matrix};
}

Formula Typography::convolution(Formula a, Formula b) const {
  if (a.level <= Formula::Matrix)
    a.text = wrap(a);
  if (b.level <= Formula::Matrix)
    b.text = wrap(b);
  return {a.text + (latex ? " \\ast " : " ∗ ") + b.text, Formula::Matrix};
}

Formula Typography::quotient(Formula a, Formula b) const {
  if (a.level == Formula::Big) { // (1/n) Σ …
    Formula factor = quotient(number(1), b);
    if (!latex)
      factor.text = wrap(factor);
    return {factor.text + (latex ? "" : " ") + a.text, Formula::Big};
  }
  if (latex)
    return {"\\frac{" + a.text + "}{" + b.text + "}", Formula::Product};
  if (a.level < Formula::Product)
    a.text = wrap(a);
  if (b.level <= Formula::Matrix)
    b.text = wrap(b);
  const bool longer = width(a.text) + width(b.text) > 6;
  return {a.text + (longer ? " / " : "/") + b.text, Formula::Product};
}

Formula Typography::power(Formula base, Formula exponent) const {
  if (base.level < Formula::Atom)
    base.text = wrap(base);
  std::string raised = superscript(exponent.text);
  if (raised.empty())
    raised = "^" + (exponent.level == Formula::Atom ? exponent.text : wrap(exponent));
  return {base.text + raised, Formula::Power};
}

Formula Typography::root(Formula x) const {
  if (latex)
    return {"\\sqrt{" + x.text + "}", Formula::Atom};
  return {"√" + (x.level == Formula::Atom ? x.text : wrap(x)), Formula::Power};
}

Formula Typography::transposed(Formula x) const {
  if (x.level < Formula::Atom)
    x.text = wrap(x);
  return {x.text + (latex ? "^\\top" : "ᵀ"), Formula::Power};
}

Formula Typography::squaredNorm(Formula x) const {
  return {latex ? "\\lVert " + x.text + "\\rVert^{2}" : "‖" + x.text + "‖²", Formula::Power};
}

Formula Typography::function(StringRef symbol, llvm::ArrayRef<Formula> operands) const {
  std::string text = symbol.str() + (latex ? "\\left(" : "(");
  for (auto [i, f] : llvm::enumerate(operands))
    text += (i ? ", " : "") + f.text;
  return {text + (latex ? "\\right)" : ")"), Formula::Atom};
}

Formula Typography::enclosed(StringRef left, Formula x, StringRef right) const {
  return {(left + (latex ? " " : "") + x.text + (latex ? " " : "") + right).str(), Formula::Atom};
}

Formula Typography::relation(StringRef symbol, Formula a, Formula b) const {
  return {("[" + a.text + " " + symbol + " " + b.text + "]"), Formula::Atom};
}

Formula Typography::cases(Formula condition, Formula a, Formula b) const {
  StringRef c = condition.text;
  if (c.consume_front("["))
    c.consume_back("]");
  if (latex)
    return {"\\begin{cases}" + a.text + " & " + c.str() + " \\\\ " + b.text + " & \\text{otherwise}\\end{cases}",
            Formula::Atom};
  return {"{" + a.text + " if " + c.str() + ", else " + b.text + "}", Formula::Atom};
}

Formula Typography::element(Formula x, Formula index) const {
  if (x.level < Formula::Atom)
    x.text = wrap(x);
  return {x.text + "[" + index.text + "]", Formula::Atom};
}

Formula Typography::big(StringRef symbol, StringRef indices, Formula x) const {
  if (x.level == Formula::Sum)
    x.text = wrap(x);
  return {symbol.str() + subscript(indices) + " " + x.text, Formula::Big};
}

Formula Typography::list(llvm::ArrayRef<Formula> elements) const {
  std::string text = "[";
  for (auto [i, f] : llvm::enumerate(elements))
    text += (i ? ", " : "") + f.text;
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
