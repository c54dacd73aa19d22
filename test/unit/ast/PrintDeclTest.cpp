// Tests of the printer: canonical source text of declarations.
#include "test/unit/ast/Canonical.h"

using namespace nnc::test;

TEST(PrintDecl, LeavesCanonicalTextAlone) {
  expectCanonical("let hidden = 256\nlet units ~ choice(8, 16)\noption epochs = 10 \"passes "
                  "\\\"over\\\" it\"\n");
  expectCanonical("## Doc.\n##\n##   More.\nfn sigmoid(z, k = 1) = 1 / (1 + exp(-z))\n  derivative "
                  "sigmoid(z)\n");
  expectCanonical(
      "layer dense(units, weights = glorot)(x: [n]) -> [units] {\n  param w: [n, units] ~ weights\n"
      "  param b: [units] = 0\n  x @ w + b\n}\n");
  expectCanonical("layer residual(f)(x) = x + f(x)\n\nlayer block(n) = seq(dense(n), "
                  "relu)\n\nlayer twice(x: [c, ...]) = 2 * x\n");
  expectCanonical(
      "init he = random_normal(shape)\n\ninit normal(std = 0.05) = std * random_normal(shape)\n");
  expectCanonical("init lsuv(start = he) = start fit theta / sqrt(var(output))\n\ninit own {\n  "
                  "1\n} fit {\n  let s = 2\n  s * theta\n}\n");
  expectCanonical(
      "optimizer sgd(lr = 0.1) {\n  state m = 0\n  m <- grad\n  theta <- theta - lr * m\n}\n");
  expectCanonical("metric accuracy(a, b) highest = a == b\n\nmetric mae(a, b) lowest = abs(a - "
                  "b)\n\nmetric pairs(a, b) {\n  a\n}\n");
  expectCanonical("model net(x: [2]) -> [1] {\n  x |> dense(1)\n}\n");
  expectCanonical(
      "data d = csv(\"a.csv\") {\n  where class < 5\n  x = [c1 .. c3]\n  split train = 70%, seed = "
      "1\n"
      "  normalize x, y\n  balance y\n  augment x = shift(x, 2)\n  augment x, y = mix(x, y)\n}\n");
  expectCanonical("data xor = rows(x: [2], y: [1]) {\n  [0, 0] -> [0]\n  [0, 1] -> [1]\n}\n");
}
