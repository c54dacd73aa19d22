// Tests of the printer: canonical source text of statements.
#include "test/unit/ast/Canonical.h"

using namespace nnc::test;

TEST(PrintStmt, LeavesCanonicalTextAlone) {
  expectCanonical(
      "train m.enc on d {\n  loss = mse(m(x), y)\n  metric r2(m(x), y)\n  clip norm 1.0\n  clip "
      "value 2\n  constrain m.weights to max_norm(theta, 3)\n"
      "  stop when val.loss stalls for 3 epochs\n  keep best val.loss\n  keep highest val.r2\n"
      "  checkpoint \"a.ckpt\" every 1 epochs\n}\n");
  expectCanonical("train m, k on d {\n  update m, k.a {\n    loss = 1\n    optimizer m.biases = "
                  "sgd()\n    times = 5\n  }\n  update k {}\n}\n");
  expectCanonical("evaluate m on d.test {\n  metric r2(m(x), y)\n}\n\nevaluate m on d\n");
  expectCanonical("evaluate m on d {\n  metric miss lowest = 1 - r2(m(x), y)\n  metric `of each` = "
                  "abs(m(x) - y)\n}\n");
  expectCanonical("predict m on d.test to \"o.csv\"\nsave m to \"m\"\nload m from \"m\" except "
                  "m.a, m.b\nfreeze m.a, m.b\n"
                  "report \"r.html\"\nprint a, b\nplot a to \"p.svg\"\nplot b\n");
  expectCanonical("search best by tpe, trials = 25, minimize val.loss {\n  let a ~ choice(1)\n  "
                  "train m on d {\n"
                  "    loss = 1\n  }\n}\n");
  expectCanonical("search by grid, maximize val.acc {\n  let a ~ choice(1)\n}\n\ncompare acts {\n  "
                  "let a ~ each(b)\n}\n");
  expectCanonical("ensemble five of m on d {\n  members = 5\n}\n");
}

TEST(PrintStmt, KeepsStatementsApartThatCouldBeReadAsAnother) {
  expectCanonical("(report(x))\n(plot[0])\n");
  expectCanonical("a\n({\n  b\n})\n");
}
