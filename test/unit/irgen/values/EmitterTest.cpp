// Tests of ops on the values of the language: conversions, reductions, narrowing. Broadcasting and
// products have tests of their own.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;
using Shape = std::vector<int64_t>;

TEST(Emitter, ListsBecomeTensors) {
  Elaboration e;
  Value row = Value::ofKind(Value::Kind::List), matrix = row;
  row.items = {Value::of(1), Value::of(2), Value::of(3)};
  matrix.items = {row, row};
  Value made = e.fn.emit.toTensor(matrix, Range());
  EXPECT_EQ(shapeOf(made), (Shape{2, 3}));
  EXPECT_TRUE(made.tensor.getDefiningOp<nn::ConstantOp>());
  matrix.items[1].items.pop_back();
  EXPECT_TRUE(e.fn.emit.toTensor(matrix, Range()).isError());
  EXPECT_EQ(e.messages(), Messages{"the elements of this list have different shapes: [3] and [2]"});
}

TEST(Emitter, TensorsInListsAreStacked) {
  Elaboration e;
  Value list = Value::ofKind(Value::Kind::List);
  list.items = {e.field("x", {4}), e.tensor("w", {4})};
  Value made = e.fn.emit.toTensor(list, Range());
  EXPECT_TRUE(isBatched(made.tensor)); // one of them is
  EXPECT_EQ(shapeOf(made), (Shape{2, 4}));
  EXPECT_EQ(made.tensor.getDefiningOp<nn::ConcatOp>().getDim(), 1u);
}

TEST(Emitter, WhatIsNoTensorIsReported) {
  Elaboration e;
  EXPECT_TRUE(e.fn.emit.toTensor(Value::ofText("a"), Range()).isError());
  EXPECT_TRUE(e.fn.emit.toTensor(Value::ofKind(Value::Kind::List), Range()).isError());
  EXPECT_TRUE(e.fn.emit.toTensor(e.valueOf("dense"), Range()).isError());
  EXPECT_EQ(e.messages(), (Messages{"expected a tensor or a number, this is a string",
                                    "an empty list is no tensor",
                                    "expected a tensor or a number, this is the layer `dense`"}));
  EXPECT_EQ(e.notes(), Messages{"a layer's value is one: `x |> dense(…)`"});
}

TEST(Emitter, ArgumentsAreVariablesOfTheirCall) {
  Elaboration e;
  Value x = e.tensor("x", {4});
  e.fn.emit.beginCall();
  Value a = e.fn.emit.argument(x, Range()), b = e.fn.emit.argument(x, Range());
  e.fn.emit.beginCall();
  Value c = e.fn.emit.argument(x, Range());
  EXPECT_NE(a.tensor, b.tensor);
  EXPECT_EQ(e.fn.emit.callOf(a.tensor), e.fn.emit.callOf(b.tensor));
  EXPECT_NE(e.fn.emit.callOf(a.tensor), e.fn.emit.callOf(c.tensor));
  EXPECT_EQ(c.tensor.getDefiningOp<nn::ArgumentOp>().getNumber(), 2u);
}

TEST(Emitter, ReductionsKeepAxesOnRequest) {
  Elaboration e;
  Value x = e.field("x", {2, 3}, {"1:a", "1:b"});
  Value sum = e.fn.emit.reduce<nn::ReduceSumOp>(x, {2}, /*keep=*/false);
  EXPECT_EQ(shapeOf(sum), Shape{2});
  EXPECT_EQ(sum.axes, std::vector<std::string>{"1:a"});
  Value kept = e.fn.emit.reduce<nn::ReduceMaxOp>(x, {1}, /*keep=*/true);
  EXPECT_EQ(shapeOf(kept), (Shape{1, 3}));
  EXPECT_EQ(kept.axes, (std::vector<std::string>{"1:a", "1:b"}));
  Value over = e.fn.emit.reduce<nn::ReduceSumOp>(x, {0}, /*keep=*/false);
  EXPECT_FALSE(isBatched(over.tensor));
  EXPECT_EQ(shapeOf(over), (Shape{2, 3}));
  EXPECT_EQ(shapeOf(e.fn.emit.reduceAll<nn::ReduceMinOp>(x)), Shape{});
  EXPECT_EQ(e.fn.emit.reduce<nn::ReduceSumOp>(x, {}, false).tensor, x.tensor);
}

TEST(Emitter, ComparisonsAreTruthAlready) {
  Elaboration e;
  Value x = e.tensor("x", {4});
  Value less = e.fn.emit.elementwise<nn::LtOp>({x, Value::of(0)}, {Range(), Range()}, Range());
  EXPECT_EQ(e.fn.emit.truth(less, Range()).tensor, less.tensor);
  EXPECT_TRUE(e.fn.emit.truth(x, Range()).tensor.getDefiningOp<nn::NeOp>());
  EXPECT_EQ(e.fn.emit.truth(Value::of(3), Range()).number, 1);
}

TEST(Emitter, NumbersAreComputedOnTheHost) {
  Elaboration e;
  Value step = Value::ofHost(e.fn.scalar("step"));
  Value later = e.fn.emit.elementwise<nn::AddOp>({step, Value::of(1)}, {Range(), Range()}, Range());
  EXPECT_TRUE(later.isHostScalar());
  EXPECT_TRUE(mlir::getElementTypeOrSelf(later.tensor.getType()).isF64());
  Value tensor = e.fn.emit.toTensor(later, Range());
  EXPECT_TRUE(tensor.tensor.getDefiningOp<nn::CastOp>());
  EXPECT_TRUE(mlir::getElementTypeOrSelf(tensor.tensor.getType()).isF32());
}

TEST(Emitter, CastsBackAreTheValueItself) {
  Elaboration e;
  Value x = e.tensor("x", {4});
  mlir::Type f64 = e.fn.emit.b.getF64Type();
  mlir::Value wide = e.fn.emit.cast(x.tensor, f64);
  EXPECT_NE(wide, x.tensor);
  EXPECT_EQ(OpEmitter::beforeCast(wide), x.tensor);
  EXPECT_EQ(e.fn.emit.cast(wide, e.fn.element), x.tensor);
  EXPECT_EQ(e.fn.emit.narrowed(wide, e.fn.element), x.tensor);
}

TEST(Emitter, NarrowingMovesBeforeOneExactOperation) {
  Elaboration e;
  mlir::Type f64 = e.fn.emit.b.getF64Type(), f32 = e.fn.element;
  mlir::Value x = e.fn.emit.cast(e.tensor("x", {4}).tensor, f64);
  mlir::Value sum = e.fn.emit.elementwise<nn::AddOp>({x, x});
  EXPECT_TRUE(e.fn.emit.narrowed(sum, f32).getDefiningOp<nn::AddOp>());
  // Rounding twice may differ after a second operation.
  mlir::Value twice = e.fn.emit.elementwise<nn::MulOp>({sum, x});
  EXPECT_TRUE(e.fn.emit.narrowed(twice, f32).getDefiningOp<nn::CastOp>());
}

TEST(Emitter, CountsOnlyWhatTheElementsHold) {
  Elaboration e;
  EXPECT_TRUE(e.fn.emit.canCount(1 << 24, Range(), "`count`"));
  EXPECT_FALSE(e.fn.emit.canCount((1 << 24) + 1, Range(), "`count`"));
  Emitter::ElementGuard wide(e.fn.emit, e.fn.emit.b.getF64Type());
  EXPECT_TRUE(e.fn.emit.canCount(1e9, Range(), "`count`"));
  EXPECT_EQ(e.messages(), Messages{"`count` counts 16777217 elements, and f32 holds every whole "
                                   "number only up to 16777216"});
}
