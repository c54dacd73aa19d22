// Tests of choices between expressions of which one is undefined: gradients are those of the side
// that is taken, to second order, however choices are nested, summed, moved and multiplied.
#include "test/unit/transforms/GradientCheck.h"
#include <random>

namespace nnc::test {
namespace {

/// The text of random functions of `%x: tensor<4xf64>`, composed of smooth operations and of
/// choices that guard undefined ones.
class Composition {
public:
  explicit Composition(unsigned seed) : random(seed) {}

  std::string text() {
    std::string y = value(3);
    return "(%x: tensor<4xf64>) -> tensor<4xf64> {\n  %half = nn.constant dense<0.5> : "
           "tensor<4xf64>\n"
           "  %w = nn.constant dense<[[0.3, -0.2, 0.5, 0.1], [0.2, 0.4, -0.3, 0.6], [-0.5, 0.1, "
           "0.2, 0.3], "
           "[0.4, 0.3, 0.1, -0.2]]> : tensor<4x4xf64>\n" +
           body + "  return " + y + " : tensor<4xf64>\n}";
  }

private:
  std::string emit(const std::string &op, const std::string &types = ": tensor<4xf64>") {
    std::string name = "%v" + std::to_string(count++);
    body += "  " + name + " = nn." + op + " " + types + "\n";
    return name;
  }
  std::string add(const std::string &a, const std::string &b) {
    return emit("add " + a + ", " + b);
  }

  std::string value(int depth) {
    if (depth == 0)
      return "%x";
    std::string e = value(depth - 1);
    switch (random() % 9) {
    case 0:
      return emit("tanh " + e);
    case 1:
      return add(e, value(depth - 1));
    case 2:
      return emit("mul " + e + ", " + emit("sin " + value(depth - 1)));
    case 3: // repeats a sum
      return add(e,
                 emit("broadcast " +
                          emit("reduce_sum " + e + " over [0]", ": tensor<4xf64> -> tensor<f64>") +
                          " to []",
                      ": tensor<f64> -> tensor<4xf64>"));
    case 4:
      return emit("reverse " + e + " over [0]", ": tensor<4xf64> -> tensor<4xf64>");
    case 5:
      return emit("contract " + e +
                      ", %w {maps = [affine_map<(k, j) -> (k)>, affine_map<(k, j) -> (k, j)>, "
                      "affine_map<(k, j) -> (j)>], "
                      "sizes = array<i64: 4, 4>}",
                  ": (tensor<4xf64>, tensor<4x4xf64>) -> tensor<4xf64>");
    default:
      return guarded(e);
    }
  }

  /// If e > 0.5, an expression that is undefined at 0 and below, otherwise another one; or the
  /// greater of such an expression and a number.
  std::string guarded(const std::string &e) {
    std::string there = undefined(e);
    switch (random() % 4) {
    case 0:
      there = emit("mul " + there + ", " + e);
      break;
    case 1:
      there = add(undefined(e), there);
      break;
    case 2:
      there = emit("tanh " + there);
      break;
    }
    std::string cond = emit("gt " + e + ", %half");
    std::string elsewhere = random() % 2 ? emit("mul " + e + ", " + e) : e;
    if (random() % 4 == 0) { // one condition for all elements
      std::string least = emit("reduce_min " + e + " over [0]", ": tensor<4xf64> -> tensor<f64>");
      cond = emit("gt " + emit("broadcast " + least + " to []", ": tensor<f64> -> tensor<4xf64>") +
                  ", %half");
    }
    return random() % 2
               ? emit("select " + cond + ", " + there + ", " + elsewhere)
               : emit("select " + emit("le " + e + ", %half") + ", " + elsewhere + ", " + there);
  }
  std::string undefined(const std::string &e) {
    switch (random() % 4) {
    case 0:
      return emit("log " + e);
    case 1:
      return emit("sqrt " + e);
    case 2:
      return emit("div " + emit("sin " + e) + ", " + emit("sqrt " + e));
    default:
      return emit("log " + emit("sqrt " + e));
    }
  }

  std::mt19937 random;
  std::string body;
  int count = 0;
};

} // namespace

TEST(Guarded, RandomCompositions) {
  for (unsigned seed = 0; seed < 60; ++seed) {
    SCOPED_TRACE(seed);
    checkGradients(Composition(seed).text(), {-1.5, 1.5}, 2);
    if (HasFailure())
      return;
  }
}

/// Whole arguments: 0, ties, and the borders of undefined regions, where the side that is taken is
/// smooth.
TEST(Guarded, SpecialPoints) {
  const std::string t = " : tensor<6xf64>";
  const std::string half = "%h = nn.constant dense<0.25>" + t + " %c = nn.gt %x, %h" + t + " ";
  for (const std::string &f : std::initializer_list<std::string>{
           "%f = nn.log %x", "%f = nn.sqrt %x", "%f = nn.div %h, %x",
           "%r = nn.sqrt %x" + t + " %f = nn.mul %r, %r",
           "%r = nn.div %x, %x" + t + " %f = nn.sqrt %r", "%r = nn.log %x" + t + " %f = nn.exp %r"})
    checkGradients("(%x: tensor<6xf64>) -> tensor<6xf64> { " + half + f + t +
                       " %g = nn.mul %x, %x" + t + " %y = nn.select %c, %f, %g" + t + " return %y" +
                       t + " }",
                   {-2, 2, {}, /*whole=*/true}, 2);
  // The loser of a maximum has an infinite slope.
  checkGradients("(%x: tensor<6xf64>) -> tensor<6xf64> { %m = nn.mul %x, %x" + t +
                     " %q = nn.sqrt %m" + t + " %h = nn.constant dense<0.25>" + t +
                     " %y = nn.max %q, %h" + t + " return %y" + t + " }",
                 {-2, 2, {}, true}, 1);
}

} // namespace nnc::test
