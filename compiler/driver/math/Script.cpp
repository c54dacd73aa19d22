// Writes names, words and exponents.
#include "compiler/driver/math/Script.h"

#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/Unicode.h"

using namespace nnc::math;
using llvm::StringRef;

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

std::string Script::superscript(StringRef exponent) const {
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

std::string Script::subscript(StringRef index) const {
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

unsigned Script::width(StringRef text) {
  const int columns = llvm::sys::unicode::columnWidthUTF8(text);
  return columns < 0 ? text.size() : columns;
}

std::string Script::escaped(StringRef text) const {
  if (!latex)
    return text.str();
  std::string out;
  for (char c : text)
    out += StringRef("_#$%&{}").contains(c) ? std::string("\\") + c : std::string(1, c);
  return out;
}

std::string Script::word(StringRef text) const {
  return latex ? "\\mathrm{" + escaped(text) + "}" : text.str();
}

std::string Script::variable(StringRef base, StringRef index) const {
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
  return stem + subscript(index);
}

std::string Script::membership(StringRef name, llvm::ArrayRef<int64_t> shape) const {
  std::string text = name.str() + (latex ? " \\in \\mathbb{R}" : " ∈ ℝ"), size;
  for (auto [i, n] : llvm::enumerate(shape)) {
    std::string dim = n < 0 ? "n" : std::to_string(n);
    size += latex ? (i ? " \\times " : "") + dim : (i ? "ˣ" : "") + superscript(dim);
  }
  if (shape.empty())
    return text;
  return text + (latex ? "^{" + size + "}" : size);
}
