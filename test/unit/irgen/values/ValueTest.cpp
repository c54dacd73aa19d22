// Tests of values: ids of axes, scopes, and how messages describe values.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Axes, IdsHoldFrameAndName) {
  EXPECT_EQ(axisId(3, "n"), "3:n");
  EXPECT_EQ(axisId(3, "n", 1), "3.1:n");
  EXPECT_EQ(axisName("3.1:n"), "n");
  EXPECT_EQ(axisFrame("3.1:n"), "3");
  EXPECT_EQ(axisIdOfName("3.1:n"), "3:n");
  EXPECT_NE(axisId(1, "n"), axisId(2, "n"));
}

TEST(Values, AreDescribed) {
  EXPECT_EQ(Value::of(3).describe(), "a number");
  EXPECT_EQ(Value::of(3, Value::Unit::Epochs).describe(), "a duration");
  EXPECT_EQ(Value::ofBool(true).describe(), "true or false");
  EXPECT_EQ(Value::ofText("a").describe(), "a string");
  EXPECT_EQ(Value::error().describe(), "an error");
  Elaboration e;
  EXPECT_EQ(e.field("x", {2, 3}).describe(), "a tensor [2, 3]");
  EXPECT_EQ(e.field("y", {}).describe(), "a number for each example");
  EXPECT_EQ(Value::ofHost(e.fn.scalar("step")).describe(), "a number known only during the run");
  EXPECT_EQ(e.valueOf("relu").describe(), "the function `relu`");
  EXPECT_EQ(e.valueOf("dense").describe(), "the layer `dense`");
}

TEST(Values, ShapesAreThoseOfOneExample) {
  Elaboration e;
  Value batched = e.field("x", {2, 3}), single = e.tensor("w", {4});
  EXPECT_TRUE(isBatched(batched.tensor));
  EXPECT_FALSE(isBatched(single.tensor));
  EXPECT_EQ(shapeOf(batched), (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(shapeOf(single), std::vector<int64_t>{4});
  EXPECT_EQ(shapeText({2, 3}), "[2, 3]");
  EXPECT_EQ(shapeText({}), "[]");
}

TEST(Values, OriginsStopAtTheBorder) {
  Elaboration e;
  Value x = e.tensor("x", {4});
  mlir::Value y = e.fn.emit.elementwise<nn::NegOp>(x.tensor),
              z = e.fn.emit.elementwise<nn::ExpOp>(y);
  EXPECT_TRUE(originsOf(z).contains(x.tensor));
  auto isY = [&](mlir::Value v) { return v == y; };
  EXPECT_TRUE(originsOf(z, isY).contains(y));
  EXPECT_FALSE(originsOf(z, isY).contains(x.tensor));
}

TEST(Scopes, InnerNamesAndStatesHideOuterOnes) {
  Scope outer, inner;
  inner.parent = &outer;
  outer.frame = 7;
  outer.names["a"] = Value::of(1);
  outer.names["b"] = Value::of(2);
  inner.names["a"] = Value::of(3);
  EXPECT_EQ(inner.find("a")->number, 3);
  EXPECT_EQ(inner.find("b")->number, 2);
  EXPECT_EQ(inner.find("c"), nullptr);
  EXPECT_EQ(inner.frameOfCall(), 7u);
  EXPECT_EQ(inner.findState("b"), nullptr); // a name that cannot be assigned
  outer.states["b"] = Value::of(4);
  EXPECT_EQ(inner.find("b")->number, 4);
  inner.findState("b")->number = 5;
  EXPECT_EQ(outer.find("b")->number, 5);
}
