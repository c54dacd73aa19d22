// Tests of calls: how arguments are bound, and what functions compute.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Calls, DefaultsMayUseEarlierArguments) {
  Elaboration e("fn f(a, b = a + 1) = 10 * a + b\n");
  EXPECT_EQ(e.call("f", Value::of(1)).number, 12);
  EXPECT_EQ(e.call("f", {Value::of(1), Value::of(5)}).number, 15);
  const std::vector<Arg> named{{"b", Value::of(3), {}}, {"", Value::of(2), {}}};
  EXPECT_EQ(e.elab.call(e.valueOf("f"), named, Range()).number, 23);
}

TEST(Calls, ArgumentsMustFitTheParameters) {
  Elaboration e("fn f(a, b = 2) = a + b\n");
  auto call = [&](std::vector<Arg> args) { return e.elab.call(e.valueOf("f"), args, Range()); };
  const Value one = Value::of(1);
  EXPECT_TRUE(call({}).isError());
  EXPECT_TRUE(call({{"", one, {}}, {"", one, {}}, {"", one, {}}}).isError());
  EXPECT_TRUE(call({{"c", one, {}}}).isError());
  EXPECT_TRUE(call({{"", one, {}}, {"a", one, {}}}).isError());
  EXPECT_EQ(e.messages(),
            (Messages{"`f` needs its argument `a`", "`f` takes 2 arguments, and this is one more",
                      "`f` has no parameter `c`", "`a` is given twice"}));
}

TEST(Calls, AShapeNamesSizes) {
  Elaboration e("fn scaled(x: [n]) = x / n\nfn rows(x: [n, n]) = n\n");
  EXPECT_EQ(shapeOf(e.call("scaled", e.field("x", {4}))), std::vector<int64_t>{4});
  EXPECT_EQ(e.call("rows", e.field("y", {3, 3})).number, 3);
  EXPECT_TRUE(e.call("scaled", e.field("z", {4, 4})).isError());
  EXPECT_TRUE(e.call("rows", e.field("w", {3, 4})).isError());
  EXPECT_EQ(e.messages().size(), 2u);
}

TEST(Calls, AnArgumentWithAShapeIsAVariable) {
  Elaboration e("fn slope(x: []) = grad(x^3, x)\n");
  EXPECT_TRUE(e.call("slope", Value::of(2)).isTensor());
  EXPECT_EQ(countOf<nn::ArgumentOp>(e.fn.op()), 1u);
  EXPECT_EQ(countOf<nn::GradientOp>(e.fn.op()), 1u);
}

TEST(Calls, AStatedDerivativeIsKept) {
  Elaboration e("fn half(x) = x / 2 derivative 0.5\n");
  EXPECT_TRUE(e.call("half", e.field("x", {3})).tensor.getDefiningOp<nn::WithDerivativeOp>());
}

TEST(Calls, KnownArgumentsAreInTheirRanges) {
  Elaboration e("## @within p 0 .. 1\nfn kept(x, p) = p * x\n");
  Value x = e.field("x", {3});
  EXPECT_TRUE(e.call("kept", {x, Value::of(0.5)}).isTensor());
  EXPECT_TRUE(e.call("kept", {x, Value::of(1.5)}).isError());
  EXPECT_EQ(e.messages(), Messages{"`p` of `kept` must be from 0 to 1, not 1.5"});
}

TEST(Calls, WhatIsNoFunctionCannotBeCalled) {
  Elaboration e;
  EXPECT_TRUE(e.elab.call(Value::of(3), {}, Range()).isError());
  EXPECT_TRUE(e.elab.call(Value::error(), {}, Range()).isError()); // reported already
  EXPECT_EQ(e.messages(), Messages{"a number cannot be called"});
}
