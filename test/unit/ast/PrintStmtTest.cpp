// Canonical source text of statements.
#include "test/unit/parse/Parsed.h"

using namespace nnc;
using namespace nnc::test;

static void expectCanonical(llvm::StringRef text) {
  Parsed parsed(text);
  EXPECT_EQ(parsed.messages(), "");
  EXPECT_EQ(parsed.printed(), text.str());
}

TEST(PrintStmt, LeavesDeclarationsAlone) {
  expectCanonical("let hidden = 256\nlet units ~ choice(8, 16)\noption epochs = 10 \"passes \\\"over\\\" it\"\n");
  expectCanonical("## Doc.\n##\n##   More.\nfn sigmoid(z, k = 1) = 1 / (1 + exp(-z))\n  derivative sigmoid(z)\n");
  expectCanonical("layer dense(units, weights = glorot)(x: [n]) -> [units] {\n  param w: [n, units] ~ weights\n"
                  "  param b: [units] = 0\n  x @ w + b\n}\n");
  expectCanonical("layer residual(f)(x) = x + f(x)\n\nlayer block(n) = seq(dense(n), relu)\n\nlayer twice(x: [c, ...]) = 2 * x\n");
  expectCanonical("init he = random_normal(shape)\n\ninit normal(std = 0.05) = std * random_normal(shape)\n");
  expectCanonical("optimizer sgd(lr = 0.1) {\n  state m = 0\n  m <- grad\n  theta <- theta - lr * m\n}\n");
  expectCanonical("metric accuracy(a, b) highest = a == b\n\nmetric mae(a, b) lowest = abs(a - b)\n\nmetric pairs(a, b) {\n  a\n}\n");
  expectCanonical("model net(x: [2]) -> [1] {\n  x |> dense(1)\n}\n");
  expectCanonical("data d = csv(\"a.csv\") {\n  where class < 5\n  x = [c1 .. c3]\n  split train = 70%, seed = 1\n"
                  "  normalize x, y\n  augment x = shift(x, 2)\n}\n");
  expectCanonical("data xor = rows(x: [2], y: [1]) {\n  [0, 0] -> [0]\n  [0, 1] -> [1]\n}\n");
}

TEST(PrintStmt, LeavesRunsAlone) {
  expectCanonical("train m.enc on d {\n  loss = mse(m(x), y)\n  metric r2(m(x), y)\n  clip norm 1.0\n  clip value 2\n"
                  "  stop when val.loss stalls for 3 epochs\n  keep best val.loss\n  keep highest val.r2\n"
                  "  checkpoint \"a.ckpt\" every 1 epochs\n}\n");
  expectCanonical("evaluate m on d.test {\n  metric r2(m(x), y)\n}\n\nevaluate m on d\n");
  expectCanonical("predict m on d.test to \"o.csv\"\nsave m to \"m\"\nload m from \"m\" except m.a, m.b\nfreeze m.a, m.b\n"
                  "report \"r.html\"\nprint a, b\nplot a to \"p.svg\"\nplot b\n");
  expectCanonical("search best by tpe, trials = 25, minimize val.loss {\n  let a ~ choice(1)\n  train m on d {\n"
                  "    loss = 1\n  }\n}\n");
  expectCanonical("search by grid, maximize val.acc {\n  let a ~ choice(1)\n}\n\ncompare acts {\n  let a ~ each(b)\n}\n");
  expectCanonical("ensemble five of m on d {\n  members = 5\n}\n");
}

TEST(PrintStmt, KeepsStatementsApartThatCouldBeReadAsAnother) {
  expectCanonical("(report(x))\n(plot[0])\n");
  expectCanonical("a\n({\n  b\n})\n");
}
