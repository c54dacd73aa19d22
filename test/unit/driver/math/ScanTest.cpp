// Tests of the formulas of scans: hₜ computed from hₜ₋₁, elements xₜ, and the gradients δₜ.
#include "test/unit/driver/math/FormulasOf.h"

#include <gtest/gtest.h>

using namespace nnc;
using namespace nnc::math;

namespace {

/// h <- tanh(x + h W) with its gradient, as the passes leave them: one loop has the stack of all h
/// and of those before each run, and the other goes backwards.
const char *const rnn = R"(
  func.func @step(%x: tensor<?x4x3xf64> {nn.field = "x"}, %w: tensor<3x3xf64> {nn.tensor = "W"})
      -> (tensor<f64> {nn.result = "loss"}, tensor<3x3xf64> {nn.gradient = "W"}) {
    %z = nn.constant dense<0.0> : tensor<f64>
    %zero = nn.broadcast %z to [] : tensor<f64> -> tensor<?x3xf64>
    %none = nn.broadcast %z to [] : tensor<f64> -> tensor<3x3xf64>
    %y:3 = nn.scan 4 states(%zero : tensor<?x3xf64>) over(%x : tensor<?x4x3xf64>)
        with(%w : tensor<3x3xf64>) -> (tensor<?x3xf64>, tensor<?x4x3xf64>, tensor<?x4x3xf64>) {
    ^bb0(%h: tensor<?x3xf64> loc(fused<"h">["a"]), %e: tensor<?x3xf64>, %v: tensor<3x3xf64>):
      %p = nn.contract %h, %v {maps = [
          affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (k, j)>,
          affine_map<(n, k, j) -> (n, j)>], sizes = array<i64: -1, 3, 3>}
          : (tensor<?x3xf64>, tensor<3x3xf64>) -> tensor<?x3xf64>
      %q = nn.add %e, %p : tensor<?x3xf64>
      %t = nn.tanh %q : tensor<?x3xf64>
      nn.yield %t, %t, %h : tensor<?x3xf64>, tensor<?x3xf64>, tensor<?x3xf64>
    }
    %s = nn.exp %y#1 : tensor<?x4x3xf64>
    %loss = nn.reduce_sum %s over [0, 1, 2] : tensor<?x4x3xf64> -> tensor<f64>
    %g:2 = nn.scan 4 backward states(%zero, %none : tensor<?x3xf64>, tensor<3x3xf64>)
        over(%s, %y#1, %y#2 : tensor<?x4x3xf64>, tensor<?x4x3xf64>, tensor<?x4x3xf64>)
        with(%w : tensor<3x3xf64>) -> (tensor<?x3xf64>, tensor<3x3xf64>) {
    ^bb0(%d: tensor<?x3xf64> loc(fused<"δh">["a"]), %sum: tensor<3x3xf64>, %dy: tensor<?x3xf64>,
         %t: tensor<?x3xf64>, %h: tensor<?x3xf64>, %v: tensor<3x3xf64>):
      %c = nn.constant dense<1.0> : tensor<f64>
      %one = nn.broadcast %c to [] : tensor<f64> -> tensor<?x3xf64>
      %a = nn.add %d, %dy : tensor<?x3xf64>
      %b = nn.mul %t, %t : tensor<?x3xf64>
      %f = nn.sub %one, %b : tensor<?x3xf64>
      %m = nn.mul %a, %f : tensor<?x3xf64>
      %n = nn.contract %m, %v {maps = [
          affine_map<(n, k, j) -> (n, j)>, affine_map<(n, k, j) -> (k, j)>,
          affine_map<(n, k, j) -> (n, k)>], sizes = array<i64: -1, 3, 3>}
          : (tensor<?x3xf64>, tensor<3x3xf64>) -> tensor<?x3xf64>
      %o = nn.contract %h, %m {maps = [
          affine_map<(n, k, j) -> (n, k)>, affine_map<(n, k, j) -> (n, j)>,
          affine_map<(n, k, j) -> (k, j)>], sizes = array<i64: -1, 3, 3>}
          : (tensor<?x3xf64>, tensor<?x3xf64>) -> tensor<3x3xf64>
      %u = nn.add %sum, %o : tensor<3x3xf64>
      nn.yield %n, %u : tensor<?x3xf64>, tensor<3x3xf64>
    }
    return %loss, %g#1 : tensor<f64>, tensor<3x3xf64>
  })";

TEST(Scans, StatesHaveTheNumberOfTheirRun) {
  EXPECT_EQ(formulas(rnn, false), R"(Forward
  h₀   = 0
  for t = 1, …, 4
    hₜ = tanh(xₜ + hₜ₋₁·W)
  u₁   = exp(h)
  J    = Σᵢⱼₖ u₁

Gradients
  δh₅    = 0
  for t = 4, …, 1
    s₁,ₜ = (δhₜ₊₁ + u₁,ₜ) ⊙ (1 − hₜ²)
    δhₜ  = s₁,ₜ·Wᵀ
  ∂J/∂W  = Σₜ hₜ₋₁ᵀ·s₁,ₜ

)");
}

TEST(Scans, InLatexToo) {
  EXPECT_EQ(formulas(rnn, true), R"(\paragraph{Forward}
\begin{align*}
  h_{0} &= 0 \\
  \text{for }t = 1, \dots, 4 &\left\{\begin{aligned}
    h_{t} &= \operatorname{tanh}\left(x_{t} + h_{t-1}\,W\right)
  \end{aligned}\right. \\
  u_{1} &= \operatorname{exp}\left(h\right) \\
  J &= \sum_{ijk} u_{1}
\end{align*}
\paragraph{Gradients}
\begin{align*}
  \delta h_{5} &= 0 \\
  \text{for }t = 4, \dots, 1 &\left\{\begin{aligned}
    s_{1,t} &= \left(\delta h_{t+1} + u_{1,t}\right) \odot \left(1 - h_{t}^{2}\right) \\
    \delta h_{t} &= s_{1,t}\,W^\top
  \end{aligned}\right. \\
  \frac{\partial J}{\partial W} &= \sum_{t} h_{t-1}^\top\,s_{1,t}
\end{align*}
)");
}

/// The cell of an LSTM: c is used for h in the same run.
TEST(Scans, StatesUseEachOthersNewValues) {
  EXPECT_EQ(formulas(R"(
  func.func @step(%x: tensor<4x3xf64> {nn.field = "x"}, %i: tensor<3xf64> {nn.tensor = "i"})
      -> (tensor<f64> {nn.result = "loss"}) {
    %z = nn.constant dense<0.0> : tensor<f64>
    %zero = nn.broadcast %z to [] : tensor<f64> -> tensor<3xf64>
    %y:3 = nn.scan 4 states(%zero, %zero : tensor<3xf64>, tensor<3xf64>)
        over(%x : tensor<4x3xf64>) with(%i : tensor<3xf64>)
        -> (tensor<3xf64>, tensor<3xf64>, tensor<4x3xf64>) {
    ^bb0(%h: tensor<3xf64> loc(fused<"h">["a"]), %c: tensor<3xf64> loc(fused<"c">["a"]),
         %e: tensor<3xf64>, %v: tensor<3xf64>):
      %f = nn.mul %e, %c : tensor<3xf64>
      %p = nn.mul %v, %h : tensor<3xf64>
      %n = nn.add %f, %p : tensor<3xf64>
      %t = nn.tanh %n : tensor<3xf64>
      %o = nn.mul %t, %v : tensor<3xf64>
      nn.yield %o, %n, %o : tensor<3xf64>, tensor<3xf64>, tensor<3xf64>
    }
    %l = nn.reduce_sum %y#2 over [0, 1] : tensor<4x3xf64> -> tensor<f64>
    return %l : tensor<f64>
  })",
                     false),
            R"(Forward
  h₀   = 0
  c₀   = 0
  for t = 1, …, 4
    cₜ = xₜ ⊙ cₜ₋₁ + i ⊙ hₜ₋₁
    hₜ = tanh(cₜ) ⊙ i
  J    = Σⱼₖ h

)");
}

/// Sequences with long formulas, states without names, values that are stacked but are no states,
/// and a loop in a loop, backwards.
TEST(Scans, WhatIsSteppedThroughHasAName) {
  EXPECT_EQ(formulas(R"(
  func.func @step(%x: tensor<2x3xf64> {nn.field = "x"}, %w: tensor<f64> {nn.tensor = "w"})
      -> (tensor<f64> {nn.result = "loss"}) {
    %exp = nn.exp %x : tensor<2x3xf64>
    %y:2 = nn.scan 2 states(%w : tensor<f64>) over(%exp : tensor<2x3xf64>) with(%w : tensor<f64>)
        -> (tensor<f64>, tensor<2xf64>) {
    ^bb0(%s: tensor<f64>, %e: tensor<3xf64>, %v: tensor<f64>):
      %i = nn.scan 3 backward states(%s : tensor<f64>) over(%e : tensor<3xf64>)
          with(%v : tensor<f64>) -> (tensor<f64>) {
      ^bb0(%t: tensor<f64>, %f: tensor<f64>, %u: tensor<f64>):
        %m = nn.mul %t, %f : tensor<f64>
        %n = nn.add %m, %u : tensor<f64>
        nn.yield %n : tensor<f64>
      }
      %a = nn.tanh %i : tensor<f64>
      nn.yield %i, %a : tensor<f64>, tensor<f64>
    }
    %l = nn.reduce_sum %y#1 over [0] : tensor<2xf64> -> tensor<f64>
    %m = nn.mul %l, %y#0 : tensor<f64>
    return %m : tensor<f64>
  })",
                     false),
            R"(Forward
  u₁       = exp(x)
  u₃,₀     = w
  for t = 1, 2
    u₄,₄   = u₃,ₜ₋₁
    for r = 3, …, 1
      u₄,ᵣ = u₄,ᵣ₊₁ u₁,ₜ,ᵣ + w
    u₃,ₜ   = u₄,₁
    u₂,ₜ   = tanh(u₃,ₜ)
  J        = (Σⱼ u₂) u₃,₂

)");
}

} // namespace
