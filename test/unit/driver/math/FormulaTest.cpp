// Tests of parentheses, signs and numbers in formulas.
#include "compiler/driver/math/Formula.h"

#include <gtest/gtest.h>

using namespace nnc::math;

namespace {

const Typography text(false), latex(true);
Formula var(const char *name) { return text.name(name); }

TEST(Formula, Names) {
  EXPECT_EQ(text.name("W", "1").text, "W₁");
  EXPECT_EQ(text.name("gamma", "12").text, "γ₁₂");
  EXPECT_EQ(text.name("mean_", "2").text, "mean₂");
  EXPECT_EQ(latex.name("gamma", "12").text, "\\gamma_{12}");
  EXPECT_EQ(latex.name("steps_per_epoch").text, "\\mathrm{steps\\_per\\_epoch}");
}

TEST(Formula, Numbers) {
  EXPECT_EQ(text.number(0.1).text, "0.1");
  EXPECT_EQ(text.number(double(0.1f)).text, "0.1");
  EXPECT_EQ(text.number(1e-7).text, "10⁻⁷");
  EXPECT_EQ(text.number(2.5e-7).text, "2.5·10⁻⁷");
  EXPECT_EQ(text.number(1 - 1e-7).text, "1 − 10⁻⁷");
  EXPECT_EQ(text.str(text.number(-3)), "−3");
  EXPECT_EQ(text.number(3.141592653589793).text, "π");
}

TEST(Formula, ParenthesesWhereNeeded) {
  Formula sum = text.sum(var("a"), var("b"));
  EXPECT_EQ(text.product(sum, var("c"), true).text, "(a + b) ⊙ c");
  EXPECT_EQ(text.difference(var("c"), sum).text, "c − (a + b)");
  EXPECT_EQ(text.difference(sum, var("c")).text, "a + b − c");
  EXPECT_EQ(text.quotient(var("c"), text.product(var("a"), var("b"), true)).text, "c / (a ⊙ b)");
  EXPECT_EQ(text.transposed(sum).text, "(a + b)ᵀ");
  Formula product = text.matrixProduct(var("x"), var("W"));
  EXPECT_EQ(text.sum(product, var("b")).text, "x·W + b");
  EXPECT_EQ(text.product(product, var("c"), true).text, "(x·W) ⊙ c");
}

TEST(Formula, MinusMovesOutward) {
  Formula a = var("a"), b = var("b");
  EXPECT_EQ(text.sum(-a, b).text, "b − a");
  EXPECT_EQ(text.difference(a, -b).text, "a + b");
  EXPECT_EQ(text.str(text.product(-a, b, true)), "−a ⊙ b");
  EXPECT_EQ(text.str(text.quotient(-a, -b)), "a/b");
  EXPECT_EQ(text.str(text.big("Σ", "i", -text.sum(a, b), true)), "−Σᵢ (a + b)");
  EXPECT_EQ(text.str(text.big("max", "j", -a, false)), "maxⱼ (−a)");
}

TEST(Formula, SumsOfOpenEnd) {
  Formula open = text.big("Σ", "i", var("a"), true),
          closed = text.big("Σ", "i", text.sum(var("a"), var("b")), true);
  EXPECT_EQ(text.sum(open, var("c")).text, "(Σᵢ a) + c");
  EXPECT_EQ(text.sum(closed, var("c")).text, "Σᵢ (a + b) + c");
  EXPECT_EQ(text.quotient(open, var("n")).text, "(1/n) Σᵢ a");
}

TEST(Formula, PowersAndRoots) {
  EXPECT_EQ(text.power(var("a"), text.number(2)).text, "a²");
  EXPECT_EQ(text.power(text.number(0.9), var("t")).text, "0.9ᵗ");
  EXPECT_EQ(text.power(var("a"), text.number(0.5)).text, "a^0.5");
  EXPECT_EQ(text.root(text.squaredNorm(var("a"))).text, "‖a‖");
  EXPECT_EQ(latex.root(latex.name("a")).text, "\\sqrt{a}");
}

TEST(Formula, Shapes) {
  EXPECT_EQ(text.script.membership("x", {-1, 28}), "x ∈ ℝⁿˣ²⁸");
  EXPECT_EQ(latex.script.membership("x", {-1, 28}), "x \\in \\mathbb{R}^{n \\times 28}");
}

} // namespace
