// Tests of expressions: what is known is computed, everything else becomes ops.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Expressions, NumbersAreComputed) {
  Elaboration e("let a = 2 + 3 * 4\nlet b = if a > 3 then a % 5 else 1 / 0\nlet c = -2^2\n"
                "let d = 3 epochs\nlet f = not (a == 14)\nlet g = 2 * d\n");
  EXPECT_EQ(e.errors(), Messages{});
  EXPECT_EQ(e.valueOf("a").number, 14);
  EXPECT_EQ(e.valueOf("b").number, 4); // the other side is not evaluated
  EXPECT_EQ(e.valueOf("c").number, -4);
  EXPECT_EQ(e.valueOf("d").unit, Value::Unit::Epochs);
  EXPECT_EQ(e.valueOf("f").kind, Value::Kind::Bool);
  EXPECT_EQ(e.valueOf("f").number, 0);
  EXPECT_EQ(e.valueOf("g").unit, Value::Unit::Epochs);
  EXPECT_TRUE(e.fn.op().getBody().front().empty());
}

TEST(Expressions, DivisionByZeroIsAnError) {
  Elaboration e("let a = 1 / (3 - 3)\n");
  EXPECT_TRUE(e.valueOf("a").isError());
  EXPECT_EQ(e.messages(), Messages{"a division of numbers by zero"});
}

TEST(Expressions, OptionsAreScalars) {
  Elaboration e("option rate = 0.1\nlet half = rate / 2\n");
  Value half = e.valueOf("half");
  EXPECT_TRUE(half.isHostScalar());
  EXPECT_TRUE(half.tensor.getDefiningOp<nn::DivOp>());
  EXPECT_TRUE(e.fn.takes("rate"));
}

TEST(Expressions, AConditionOfTheRunSelects) {
  Elaboration e("option deep = 1\nlet a = if deep > 2 then 3 else 4\n");
  Value a = e.valueOf("a");
  EXPECT_TRUE(a.isHostScalar());
  EXPECT_TRUE(a.tensor.getDefiningOp<nn::SelectOp>());
}

TEST(Expressions, ListsAreIndexedFromEitherEnd) {
  Elaboration e("let l = [10, 20, 30]\nlet a = l[-1]\nlet b = l[0 .. 1]\nlet c = l[3]\n");
  EXPECT_EQ(e.valueOf("a").number, 30);
  EXPECT_EQ(e.valueOf("b").items.size(), 2u);
  EXPECT_TRUE(e.valueOf("c").isError());
  EXPECT_EQ(e.messages(), Messages{"index 3 of a list of 3"});
}

TEST(Expressions, SizesMustBeKnown) {
  Elaboration e("option units = 3\n");
  int64_t n;
  EXPECT_FALSE(e.elab.integerOf(e.valueOf("units"), n, Range(), "the size of an axis"));
  EXPECT_FALSE(e.elab.integerOf(Value::of(1.5), n, Range(), "the size of an axis"));
  EXPECT_TRUE(e.elab.integerOf(Value::of(3), n, Range(), "the size of an axis"));
  EXPECT_EQ(n, 3);
  EXPECT_EQ(e.messages(), (Messages{"the size of an axis must be known at compile time; this is a "
                                    "number known only during the run",
                                    "the size of an axis must be a whole number"}));
  EXPECT_EQ(e.notes(),
            Messages{"an `option` is a flag of the compiled program; a `let` is known here"});
}
