// Tests of the arguments that builtin functions share: axes, whole numbers, shapes.
#include "compiler/irgen/builtins/Arguments.h"
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Arguments, AreFoundByPositionOrName) {
  const std::vector<Arg> args{
      {"", Value::of(1), {}}, {"axis", Value::of(2), {}}, {"", Value::of(3), {}}};
  BuiltinCall call{args, Range()};
  EXPECT_EQ(call.positional(0)->value.number, 1);
  EXPECT_EQ(call.positional(1)->value.number, 3); // names do not count
  EXPECT_EQ(call.positional(2), nullptr);
  EXPECT_EQ(call.named("axis")->value.number, 2);
  EXPECT_EQ(call.named("over"), nullptr);
  EXPECT_EQ(call.either(1, "axis")->value.number, 2);
  EXPECT_EQ(call.either(1, "over")->value.number, 3);
}

TEST(Arguments, AxesCountFromEitherEnd) {
  Elaboration e;
  auto axis = [&](double position) {
    const Arg arg{"axis", Value::of(position), Range()};
    int64_t found;
    return axisOf(e.elab, &arg, 0, 3, found) ? found : -100;
  };
  EXPECT_EQ(axis(2), 2);
  EXPECT_EQ(axis(-1), 2);
  EXPECT_EQ(axis(-3), 0);
  EXPECT_EQ(axis(3), -100);
  EXPECT_EQ(axis(-4), -100);
  EXPECT_EQ(axis(0.5), -100);
  EXPECT_EQ(e.messages(), (Messages{"there is no axis 3", "there is no axis -4",
                                    "the position of an axis must be a whole number"}));
  int64_t fallback;
  EXPECT_TRUE(axisOf(e.elab, nullptr, -1, 3, fallback));
  EXPECT_EQ(fallback, 2);
}

TEST(Arguments, OneNumberStandsForAllAxes) {
  Elaboration e;
  llvm::SmallVector<int64_t> out;
  auto read = [&](const Value &v) {
    const Arg arg{"stride", v, Range()};
    return integers(e.elab, &arg, 2, 1, out, "the stride", 1);
  };
  EXPECT_TRUE(integers(e.elab, nullptr, 2, 7, out, "the stride", 1));
  EXPECT_EQ(out, (llvm::SmallVector<int64_t>{7, 7}));
  EXPECT_TRUE(read(Value::of(3)));
  EXPECT_EQ(out, (llvm::SmallVector<int64_t>{3, 3}));
  EXPECT_TRUE(read(listOf({2, 5})));
  EXPECT_EQ(out, (llvm::SmallVector<int64_t>{2, 5}));
  EXPECT_FALSE(read(listOf({1, 2, 3})));
  EXPECT_FALSE(read(listOf({1, 0})));
  EXPECT_EQ(e.messages(), (Messages{"the stride is one number or a list of 2, one for each axis; "
                                    "this list has 3",
                                    "the stride must be at least 1, not 0"}));
}

TEST(Arguments, ShapesHoldSizes) {
  Elaboration e;
  std::vector<int64_t> shape;
  EXPECT_TRUE(shapeFrom(e.elab, Value::of(4), shape, Range()));
  EXPECT_TRUE(shapeFrom(e.elab, listOf({2, 3}), shape, Range()));
  EXPECT_EQ(shape, (std::vector<int64_t>{4, 2, 3}));
  EXPECT_FALSE(shapeFrom(e.elab, listOf({2, 0}), shape, Range()));
  EXPECT_FALSE(shapeFrom(e.elab, Value::ofHost(e.fn.scalar("units")), shape, Range()));
  EXPECT_EQ(e.messages(),
            (Messages{"an axis of size 0", "the size of an axis must be known at compile time; "
                                           "this is a number known only during the run"}));
}
