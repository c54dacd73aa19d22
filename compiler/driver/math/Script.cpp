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

using Forms = llvm::ArrayRef<std::pair<char, const char *>>;

static const std::pair<char, const char *> raised[] = {
    {'0', "⁰"}, {'1', "¹"}, {'2', "²"}, {'3', "³"}, {'4', "⁴"}, {'5', "⁵"}, {'6', "⁶"}, {'7', "⁷"},
    {'8', "⁸"}, {'9', "⁹"}, {'-', "⁻"}, {'+', "⁺"}, {'n', "ⁿ"}, {'t', "ᵗ"}, {'k', "ᵏ"}};
static const std::pair<char, const char *> lowered[] = {
    {'0', "₀"}, {'1', "₁"}, {'2', "₂"}, {'3', "₃"}, {'4', "₄"}, {'5', "₅"}, {'6', "₆"}, {'7', "₇"},
    {'8', "₈"}, {'9', "₉"}, {'i', "ᵢ"}, {'j', "ⱼ"}, {'k', "ₖ"}, {'l', "ₗ"}, {'m', "ₘ"}, {'n', "ₙ"},
    {'p', "ₚ"}, {'r', "ᵣ"}, {'s', "ₛ"}, {'t', "ₜ"}, {'+', "₊"}, {'-', "₋"}};

/// The form of `c`, or empty if it has none.
static StringRef formOf(char c, Forms forms) {
  for (auto [character, form] : forms)
    if (character == c)
      return form;
  return {};
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
    const StringRef form = formOf(c, raised);
    if (form.empty())
      return {};
    out += form;
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
    const StringRef form = formOf(c, lowered);
    if (form.empty())
      return "_" + index.str();
    out += form;
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

std::string Script::phrase(StringRef text) const {
  return latex ? "\\text{" + escaped(text) + "}" : text.str();
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
