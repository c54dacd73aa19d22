// Tests of builtin functions about shapes and of those that move elements.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;
using Shape = std::vector<int64_t>;

TEST(Shapes, SizesAreNumbers) {
  Elaboration e;
  Value x = e.field("x", {2, 3});
  EXPECT_EQ(e.call("size", {x, Value::of(-1)}).number, 3);
  Value all = e.call("size", x);
  ASSERT_EQ(all.items.size(), 2u);
  EXPECT_EQ(all.items[0].number, 2);
  EXPECT_EQ(e.call("count", x).number, 6);
}

TEST(Shapes, ReshapeFindsTheOpenAxis) {
  Elaboration e;
  Value x = e.field("x", {2, 6});
  EXPECT_EQ(shapeOf(e.call("reshape", {x, listOf({4, -1})})), (Shape{4, 3}));
  EXPECT_TRUE(e.call("reshape", {x, listOf({5, -1})}).isError());
  EXPECT_TRUE(e.call("reshape", {x, listOf({5})}).isError());
  EXPECT_EQ(e.messages(),
            (Messages{"`reshape` keeps the number of elements: 12 do not fill [5, -1]",
                      "`reshape` keeps the number of elements: 12 do not fill [5]"}));
}

TEST(Shapes, TransposeNeedsEveryAxisOnce) {
  Elaboration e;
  Value x = e.field("x", {2, 3, 4});
  EXPECT_EQ(shapeOf(e.call("transpose", x)), (Shape{2, 4, 3}));
  EXPECT_EQ(shapeOf(e.call("transpose", {x, listOf({2, 0, 1})})), (Shape{4, 2, 3}));
  EXPECT_TRUE(e.call("transpose", {x, listOf({0, 0, 1})}).isError());
  EXPECT_EQ(e.messages(), Messages{"`transpose` needs every axis once"});
}

TEST(Shapes, ConcatAndStack) {
  Elaboration e;
  Value a = e.field("a", {2, 3}), b = e.tensor("b", {4, 3});
  Value joined = e.call("concat", {a, b});
  EXPECT_TRUE(isBatched(joined.tensor));
  EXPECT_EQ(shapeOf(joined), (Shape{6, 3}));
  EXPECT_EQ(shapeOf(e.call("stack", {a, a, a})), (Shape{3, 2, 3}));
  EXPECT_TRUE(e.call("concat", {a, e.tensor("c", {2, 5})}).isError());
  EXPECT_EQ(e.messages(), Messages{"`concat` joins tensors that differ in the joined axis only"});
}

TEST(Shapes, SlicesLieInsideTheAxis) {
  Elaboration e;
  Value x = e.field("x", {5});
  Value part = e.call("slice", {x, Value::of(1), Value::of(4)});
  EXPECT_EQ(shapeOf(part), Shape{3});
  auto slice = part.tensor.getDefiningOp<nn::SliceOp>();
  EXPECT_EQ(Shape(slice.getStart()), (Shape{0, 1})); // the whole batch
  EXPECT_TRUE(e.call("slice", {x, Value::of(4), Value::of(6)}).isError());
  EXPECT_EQ(e.messages(), Messages{"a slice from 4 to 6 of an axis of 5"});
}

TEST(Shapes, PaddingOfNothingIsTheTensorItself) {
  Elaboration e;
  Value x = e.field("x", {4});
  EXPECT_EQ(e.call("pad", {x, Value::of(0)}).tensor, x.tensor);
  EXPECT_EQ(shapeOf(e.call("pad", {x, Value::of(1)})), Shape{6});
  EXPECT_EQ(shapeOf(e.call("pad", {x, Value::of(1), Value::of(0), Value::of(2)})), Shape{11});
}

TEST(Shapes, ConvolutionsFitTheirImage) {
  Elaboration e;
  Value image = e.field("x", {3, 8, 8}), filters = e.tensor("w", {16, 3, 3, 3});
  EXPECT_EQ(shapeOf(e.call("convolve", {image, filters})), (Shape{16, 6, 6}));
  EXPECT_TRUE(e.call("convolve", {image, e.tensor("v", {16, 4, 3, 3})}).isError());
  EXPECT_TRUE(e.call("convolve", {image, e.tensor("u", {16, 3, 9, 9})}).isError());
  EXPECT_EQ(e.messages(), (Messages{"the input has 3 channels and the filters take 4",
                                    "a window of 9 does not fit into an axis of 8 (of 8×8)"}));
}
