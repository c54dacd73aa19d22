// Tests of gradients, with one line for each elementwise op: the domain in which it is checked, and
// the order.
#include "test/unit/transforms/GradientCheck.h"

namespace nnc::test {

static const char *const shapes[] = {"", "5x", "?x3x", "2x1x3x"};

static void unary(const std::string &name, Domain domain, int order) {
  for (std::string shape : shapes) {
    std::string type = "tensor<" + shape + "f64>";
    checkGradients("(%x: " + type + ") -> " + type + " { %y = nn." + name + " %x : " + type +
                       " return %y : " + type + " }",
                   domain, order);
  }
}

static void binary(const std::string &name, Domain domain, int order) {
  for (std::string shape : shapes) {
    std::string type = "tensor<" + shape + "f64>";
    checkGradients("(%a: " + type + ", %b: " + type + ") -> " + type + " { %y = nn." + name +
                       " %a, %b : " + type + " return %y : " + type + " }",
                   domain, order);
  }
}

TEST(DifferentiateElementwise, neg) { unary("neg", {}, 2); }
TEST(DifferentiateElementwise, exp) { unary("exp", {}, 2); }
TEST(DifferentiateElementwise, log) { unary("log", {0.5, 3}, 2); }
TEST(DifferentiateElementwise, log1p) { unary("log1p", {-0.5, 3}, 2); }
TEST(DifferentiateElementwise, expm1) { unary("expm1", {}, 2); }
TEST(DifferentiateElementwise, sqrt) { unary("sqrt", {0.5, 3}, 2); }
TEST(DifferentiateElementwise, abs) { unary("abs", {-2, -0.1}, 1), unary("abs", {0.1, 2}, 1); }
TEST(DifferentiateElementwise, sign) { unary("sign", {0.1, 2}, 1); }
TEST(DifferentiateElementwise, tanh) { unary("tanh", {}, 2); }
TEST(DifferentiateElementwise, sin) { unary("sin", {}, 2); }
TEST(DifferentiateElementwise, cos) { unary("cos", {}, 2); }
TEST(DifferentiateElementwise, floor) { unary("floor", {0.1, 0.9}, 1); }
TEST(DifferentiateElementwise, ceil) { unary("ceil", {0.1, 0.9}, 1); }
TEST(DifferentiateElementwise, erf) { unary("erf", {}, 2); }

TEST(DifferentiateElementwise, add) { binary("add", {}, 2); }
TEST(DifferentiateElementwise, sub) { binary("sub", {}, 2); }
TEST(DifferentiateElementwise, mul) { binary("mul", {}, 2); }
TEST(DifferentiateElementwise, div) { binary("div", {0.5, 2}, 2); }
TEST(DifferentiateElementwise, rem) { binary("rem", {3.1, 3.9}, 1); }
TEST(DifferentiateElementwise, pow) { binary("pow", {0.5, 2}, 2); }
TEST(DifferentiateElementwise, max) { binary("max", {}, 1); }
TEST(DifferentiateElementwise, min) { binary("min", {}, 1); }
TEST(DifferentiateElementwise, comparisons) {
  for (auto name : {"eq", "ne", "lt", "le", "gt", "ge"})
    binary(name, {}, 1);
}

TEST(DifferentiateElementwise, select) {
  checkGradients(
      R"((%c: tensor<?x7xf64>, %a: tensor<?x7xf64>, %b: tensor<?x7xf64>) -> tensor<?x7xf64> {
    %y = nn.select %c, %a, %b : tensor<?x7xf64>
    return %y : tensor<?x7xf64> })",
      {0, 1, {0}}, 2);
}

TEST(DifferentiateElementwise, cast) {
  checkGradients(R"((%x: tensor<4xf64>) -> tensor<4xf64> {
    %s = nn.cast %x : tensor<4xf64> to tensor<4xf32>
    %e = nn.exp %s : tensor<4xf32>
    %y = nn.cast %e : tensor<4xf32> to tensor<4xf64>
    return %y : tensor<4xf64> })",
                 {}, 2);
}

// The cases of pow with a known exponent: Simplify rewrites them.
TEST(DifferentiateElementwise, constantExponents) {
  for (auto exponent :
       {"-2.0", "-1.0", "-0.5", "0.0", "0.5", "1.0", "1.5", "2.0", "3.0", "4.0", "5.0"})
    checkGradients(R"((%x: tensor<?x2xf64>) -> tensor<?x2xf64> {
      %c = nn.constant dense<)" +
                       std::string(exponent) + R"(> : tensor<f64>
      %b = nn.broadcast %c to [] : tensor<f64> -> tensor<?x2xf64>
      %y = nn.pow %x, %b : tensor<?x2xf64>
      return %y : tensor<?x2xf64> })",
                   {0.5, 2}, 2);
}

TEST(DifferentiateElementwise, negativeBasesOfWholePowers) {
  checkGradients(R"((%x: tensor<4xf64>) -> tensor<4xf64> {
    %c = nn.constant dense<3.0> : tensor<4xf64>
    %y = nn.pow %x, %c : tensor<4xf64>
    return %y : tensor<4xf64> })",
                 {-2, 2}, 2);
}

} // namespace nnc::test
