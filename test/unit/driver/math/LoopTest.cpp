// Tests of the formulas of loops: states, invariants, nesting, in text and in LaTeX.
#include "test/unit/driver/math/FormulasOf.h"

#include <gtest/gtest.h>

using namespace nnc;
using namespace nnc::math;

namespace {

const char *const recurrent = R"(
  func.func @step(%x: tensor<?x3xf64> {nn.field = "x"}, %w: tensor<3x3xf64> {nn.tensor = "W"})
      -> (tensor<f64> {nn.result = "loss"}) {
    %h = test.repeat 4 times (%x, %w) : (tensor<?x3xf64>, tensor<3x3xf64>) -> tensor<?x3xf64> {
    ^bb0(%s: tensor<?x3xf64>, %v: tensor<3x3xf64>):
      %p = nn.contract %s, %v {maps = [
          affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>,
          affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 3, 3>}
          : (tensor<?x3xf64>, tensor<3x3xf64>) -> tensor<?x3xf64>
      %t = nn.tanh %p : tensor<?x3xf64>
      nn.yield %t : tensor<?x3xf64>
    }
    %loss = nn.reduce_sum %h over [0, 1] : tensor<?x3xf64> -> tensor<f64>
    return %loss : tensor<f64>
  })";

/// The same of a loop that runs five times from the numbers x and `second`. `rest`: its block,
/// whose states are %a and %b, and what follows after it.
std::string ofTwoStates(const std::string &rest, const std::string &second = "y") {
  return formulas((R"(
    func.func @step(%x: tensor<f64> {nn.scalar = "x"}, %y: tensor<f64> {nn.scalar = "y"})
        -> (tensor<f64> {nn.result = "loss"}) {
      %one = nn.constant dense<1.0> : tensor<f64>
      %r:2 = test.repeat 5 times (%x, %)" +
                   second + R"() : (tensor<f64>, tensor<f64>)
          -> (tensor<f64>, tensor<f64>) {
      ^bb0(%a: tensor<f64>, %b: tensor<f64>):)" +
                   rest + "}")
                      .c_str(),
                  false);
}

TEST(Loops, StatesBeginBeforeTheBlockAndChangeInIt) {
  EXPECT_EQ(formulas(recurrent, false), R"(Forward
  u₁   = x
  repeat 4 times
    u₁ ← tanh(u₁·W)
  J    = Σᵢⱼ u₁

)");
}

TEST(Loops, LatexAlignsTheBlockAfterABrace) {
  EXPECT_EQ(formulas(recurrent, true), R"(\paragraph{Forward}
\begin{align*}
  u_{1} &= x \\
  \text{repeat 4 times} &\left\{\begin{aligned}
    u_{1} &\leftarrow \operatorname{tanh}\left(u_{1}\,W\right)
  \end{aligned}\right. \\
  J &= \sum_{ij} u_{1}
\end{align*}
)");
}

TEST(Loops, StatesThatDependOnEachOtherChangeTogether) {
  // The second one starts from a constant.
  EXPECT_EQ(ofTwoStates(R"(
        %c = nn.add %a, %b : tensor<f64>
        nn.yield %b, %c : tensor<f64>, tensor<f64>
      }
      return %r#1 : tensor<f64>)",
                        "one"),
            R"(Forward
  u₁       = x
  u₂       = 1
  repeat 5 times
    u₁, u₂ ← u₂, u₁ + u₂
  J        = u₂

)");
}

TEST(Loops, OneStateChangesAfterTheOtherThatReadsIt) {
  // The second state reads the first as it was, so it comes first.
  EXPECT_EQ(ofTwoStates(R"(
        %c = nn.tanh %a : tensor<f64>
        %d = nn.sub %b, %a : tensor<f64>
        nn.yield %c, %d : tensor<f64>, tensor<f64>
      }
      %l = nn.mul %r#0, %r#1 : tensor<f64>
      return %l : tensor<f64>)"),
            R"(Forward
  u₁   = x
  u₂   = y
  repeat 5 times
    u₂ ← u₂ − u₁
    u₁ ← tanh(u₁)
  J    = u₁ u₂

)");
}

TEST(Loops, LongFormulasOfStatesThatDependOnEachOtherHaveNames) {
  EXPECT_EQ(ofTwoStates(R"(
        %c = nn.tanh %b : tensor<f64>
        %d = nn.mul %a, %c : tensor<f64>
        %e = nn.add %d, %b : tensor<f64>
        %f = nn.exp %a : tensor<f64>
        nn.yield %e, %f : tensor<f64>, tensor<f64>
      }
      return %r#0 : tensor<f64>)"),
            R"(Forward
  u₁   = x
  u₂   = y
  repeat 5 times
    u₃ = u₁ tanh(u₂) + u₂
    u₂ ← exp(u₁)
    u₁ ← u₃
  J    = u₁

)");
}

TEST(Loops, ABlockNamesWhatItUsesTwiceAndShowsWhatComesFromOutside) {
  // The constant 2 and the sum x + 2 come through both loops.
  EXPECT_EQ(formulas(R"(
    func.func @step(%x: tensor<f64> {nn.scalar = "x"}) -> (tensor<f64> {nn.result = "loss"}) {
      %two = nn.constant dense<2.0> : tensor<f64>
      %sum = nn.add %x, %two : tensor<f64>
      %r = test.repeat 2 times (%x, %two, %sum)
          : (tensor<f64>, tensor<f64>, tensor<f64>) -> tensor<f64> {
      ^bb0(%a: tensor<f64>, %c: tensor<f64>, %s: tensor<f64>):
        %p = test.repeat 3 times (%a, %c, %s)
            : (tensor<f64>, tensor<f64>, tensor<f64>) -> tensor<f64> {
        ^bb1(%b: tensor<f64>, %d: tensor<f64>, %t: tensor<f64>):
          %e = nn.mul %d, %b : tensor<f64>
          %f = nn.add %e, %t : tensor<f64>
          nn.yield %f : tensor<f64>
        }
        %g = nn.mul %a, %p : tensor<f64>
        %h = nn.add %g, %s : tensor<f64>
        %i = nn.tanh %h : tensor<f64>
        %j = nn.exp %h : tensor<f64>
        %k = nn.mul %i, %j : tensor<f64>
        nn.yield %k : tensor<f64>
      }
      return %r : tensor<f64>
    })",
                     false),
            R"(Forward
  u₁     = x
  repeat 2 times
    u₂   = u₁
    repeat 3 times
      u₂ ← 2 u₂ + x + 2
    u₃   = u₁ u₂ + x + 2
    u₁   ← tanh(u₃) exp(u₃)
  J      = u₁

)");
}

TEST(Loops, GradientsAndUpdatesHaveLoopsToo) {
  EXPECT_EQ(formulas(R"(
    func.func @step(%x: tensor<f64> {nn.scalar = "x"}, %w: tensor<f64> {nn.tensor = "w"})
        -> (tensor<f64> {nn.result = "loss"}, tensor<f64> {nn.gradient = "w"},
            tensor<f64> {nn.update = "w"}) {
      %l = nn.mul %x, %w : tensor<f64>
      %g = test.repeat 2 times (%x, %w) : (tensor<f64>, tensor<f64>) -> tensor<f64> {
      ^bb0(%a: tensor<f64>, %v: tensor<f64>):
        %b = nn.mul %a, %v : tensor<f64>
        nn.yield %b : tensor<f64>
      }
      %n = test.repeat 3 times (%w, %g) : (tensor<f64>, tensor<f64>) -> tensor<f64> {
      ^bb0(%a: tensor<f64>, %d: tensor<f64>):
        %b = nn.sub %a, %d : tensor<f64>
        nn.yield %b : tensor<f64>
      }
      return %l, %g, %n : tensor<f64>, tensor<f64>, tensor<f64>
    })",
                     false),
            R"(Forward
  J = x w

Gradients
  s₁    = x
  repeat 2 times
    s₁  ← s₁ w
  ∂J/∂w = s₁

Update of every parameter θ, with g = ∂J/∂θ
  q₁   = θ
  repeat 3 times
    q₁ ← q₁ − g
  θ    ← q₁

)");
}

} // namespace
