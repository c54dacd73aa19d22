// Tests of broadcasting: axes are aligned by name if they have names, else from the right.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;
using Shape = std::vector<int64_t>;

static Value sum(Elaboration &e, const Value &a, const Value &b) {
  return e.fn.emit.elementwise<nn::AddOp>({a, b}, {Range(), Range()}, Range());
}

TEST(Broadcast, AlignsFromTheRight) {
  Elaboration e;
  Value x = e.field("x", {2, 3}), w = e.tensor("w", {3}), column = e.tensor("c", {2, 1});
  EXPECT_EQ(shapeOf(sum(e, x, w)), (Shape{2, 3}));
  EXPECT_TRUE(isBatched(sum(e, w, x).tensor));
  EXPECT_EQ(shapeOf(sum(e, w, column)), (Shape{2, 3}));
  EXPECT_EQ(shapeOf(sum(e, x, Value::of(1))), (Shape{2, 3}));
  EXPECT_EQ(e.messages(), Messages{});
}

TEST(Broadcast, AlignsByName) {
  Elaboration e;
  Value x = e.field("x", {3, 3}, {"1:a", "1:b"}), w = e.tensor("w", {3});
  w.axes = {"1:a"};
  Value y = sum(e, x, w);
  EXPECT_EQ(y.axes, x.axes);
  auto add = y.tensor.getDefiningOp<nn::AddOp>();
  auto spread = add.getB().getDefiningOp<nn::BroadcastOp>();
  ASSERT_TRUE(spread);
  EXPECT_EQ(Shape(spread.getDims()), Shape{1}); // axis a, after the batch
}

TEST(Broadcast, NamesInAnotherOrderAreTransposed) {
  Elaboration e;
  Value x = e.tensor("x", {2, 3}), y = e.tensor("y", {3, 2});
  x.axes = {"1:a", "1:b"};
  y.axes = {"1:b", "1:a"};
  Value z = sum(e, x, y);
  EXPECT_EQ(shapeOf(z), (Shape{2, 3}));
  EXPECT_TRUE(z.tensor.getDefiningOp<nn::AddOp>().getB().getDefiningOp<nn::TransposeOp>());
}

TEST(Broadcast, ReportsShapesThatDoNotFit) {
  Elaboration e;
  EXPECT_TRUE(sum(e, e.field("x", {2, 3}), e.tensor("w", {4})).isError());
  EXPECT_EQ(e.messages(), Messages{"shapes [2, 3] and [4] do not fit together"});
}

TEST(Broadcast, NotesTensorsThatMeetTheirTranspose) {
  Elaboration e;
  Value x = e.tensor("x", {3, 3});
  x.axes = {"1:a", "1:b"};
  sum(e, x, x);
  EXPECT_TRUE(e.fn.emit.turnedMeetings.empty());
  sum(e, x, e.fn.emit.transposed(x, Range()));
  ASSERT_EQ(e.fn.emit.turnedMeetings.size(), 1u);
  EXPECT_TRUE(e.fn.emit.turnedMeetings[0].byName);
}

TEST(Products, ContractTheLastAxisWithTheLastButOne) {
  Elaboration e;
  auto product = [&](const Value &a, const Value &b) {
    return e.fn.emit.matmul(a, b, Range(), Range(), Range());
  };
  Value x = e.field("x", {4}), w = e.tensor("w", {4, 5}), m = e.tensor("m", {2, 4});
  EXPECT_EQ(shapeOf(product(x, w)), Shape{5});
  EXPECT_TRUE(isBatched(product(x, w).tensor));
  EXPECT_EQ(shapeOf(product(m, w)), (Shape{2, 5}));
  EXPECT_EQ(shapeOf(product(m, x)), Shape{2});
  EXPECT_EQ(shapeOf(product(x, x)), Shape{});
  EXPECT_TRUE(product(w, w).isError());
  EXPECT_TRUE(product(x, e.tensor("s", {})).isError());
  EXPECT_EQ(e.messages(),
            (Messages{"`@` sums over the last axis of its left side (5) and the last but one axis "
                      "of its right side (4), which differ",
                      "`@` needs at least one axis on either side"}));
}
