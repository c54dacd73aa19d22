// Tests of calls: arity, named arguments, pipes, and values that cannot be applied.
#include "Check.h"

using namespace nnc;

TEST(Calls, missing) {
  EXPECT_EQ(errorsOf("fn f(x) = cross_entropy(x)\n"),
            Messages{"1:11 `cross_entropy` needs `label`"});
  EXPECT_EQ(errorsOf("let a = dense()\n"), Messages{"1:9 `dense` needs `units`"});
}

TEST(Calls, tooMany) {
  EXPECT_EQ(errorsOf("fn f(x) = relu(x, 1)\n"),
            Messages{"1:19 `relu` takes at most 1 argument, but 2 are given"});
}

TEST(Calls, unknownNamed) {
  EXPECT_EQ(errorsOf("let a = adam(rl = 0.1)\n"), Messages{"1:14 `adam` has no parameter `rl`"});
  EXPECT_EQ(notesOf("let a = adam(rl = 0.1)\n"), Messages{"did you mean `lr`?"});
}

TEST(Calls, givenTwice) {
  EXPECT_EQ(errorsOf("let a = dense(3, units = 4)\n"), Messages{"1:18 `units` is given twice"});
  EXPECT_EQ(errorsOf("fn f(x) = x |> huber(1, prediction = 2)\n"),
            Messages{"1:25 `prediction` is given twice"});
}

TEST(Calls, pipes) {
  EXPECT_EQ(errorsOf("fn f(x) = x |> dense(3) |> relu |> max_pool(2) |> huber(1) |> tanh |> exp\n"),
            Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = x |> dense\n"), Messages{"1:16 `dense` needs `units`"});
  EXPECT_EQ(errorsOf("fn f(x) = x |> max_pool\n"), Messages{"1:16 `max_pool` needs `size`"});
  EXPECT_EQ(errorsOf("fn f(x) = x |> he\n"),
            Messages{"1:16 `he` is an initializer and cannot be applied"});
  EXPECT_EQ(errorsOf("fn f(x) = x |> 3\n"),
            Messages{"1:16 a value cannot be applied; a layer or a function is expected here"});
  EXPECT_EQ(errorsOf("let k = 3\nfn f(x) = x |> k\n"),
            Messages{"2:16 `k` is a constant and cannot be applied"});
}

TEST(Calls, partsOfSeqAreApplied) {
  EXPECT_EQ(errorsOf("let a = seq(dense(3), relu, max_pool(2))\nlet b = repeat(3, batch_norm)\n"),
            Messages{});
  EXPECT_EQ(errorsOf("let a = seq(dense, relu)\n"), Messages{"1:13 `dense` needs `units`"});
  EXPECT_EQ(errorsOf("fn f(x) = x |> repeat(dense(3))\n"),
            Messages{"1:16 `repeat` takes 2 arguments, not 1"});
}

TEST(Calls, secondListGivesInputs) {
  EXPECT_EQ(errorsOf("fn f(x) = dense(3)(x)\n"), Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = dense(3)(x, x)\n"),
            Messages{"1:23 `dense` takes at most 1 argument, but 2 are given"});
  EXPECT_EQ(errorsOf("fn f(x) = dense(3)()\n"), Messages{"1:11 `dense` needs `x`"});
}

TEST(Calls, parametersAreCalledUnchecked) {
  EXPECT_EQ(errorsOf("layer twice(f)(x) = f(f(x), 1, 2, 3)\n"), Messages{});
}

TEST(Calls, builtins) {
  EXPECT_EQ(errorsOf("fn f(x) = max(x) + max(x, 0) + max(x, over = -1, keep = true)\n"),
            Messages{});
  EXPECT_EQ(errorsOf("fn f(x) = sum(x, ovr = 0)\n"), Messages{"1:18 `sum` has no parameter `ovr`"});
  EXPECT_EQ(errorsOf("fn f(x) = reshape(x)\n"),
            Messages{"1:11 `reshape` takes 2 arguments, not 1"});
  EXPECT_EQ(errorsOf("fn f(x) = exp(x, 1)\n"), Messages{"1:11 `exp` takes 1 argument, not 2"});
  EXPECT_EQ(errorsOf("fn f(x) = exp(z = x)\n"), Messages{"1:15 `exp` has no named arguments"});
  EXPECT_EQ(errorsOf("fn f(x) = concat()\n"),
            Messages{"1:11 `concat` takes at least 1 argument, not 0"});
}

TEST(Calls, sourcesStandInData) {
  EXPECT_EQ(errorsOf("let a = moons(n = 3)\n"),
            Messages{"1:9 `moons` reads data: it may only come after `data name =` and `test =`"});
}

TEST(Calls, gradIsBoth) {
  EXPECT_EQ(
      errorsOf(
          "fn f(x, w) = grad(sum(x * w), w)\noptimizer o(lr) { theta <- theta - lr * grad }\n"),
      Messages{});
}
