// Tests of how predefined functions are called: the number of arguments, and what each name stands
// for.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

TEST(Builtins, CountTheirArguments) {
  Elaboration e;
  Value x = e.field("x", {2, 3});
  for (auto [name, count] : {std::pair("exp", 2), std::pair("select", 2), std::pair("size", 3),
                             std::pair("reshape", 1), std::pair("concat", 0), std::pair("max", 3)})
    EXPECT_TRUE(e.call(name, std::vector<Value>(count, x)).isError()) << name;
  EXPECT_EQ(e.messages(), (Messages{"`exp` takes 1 argument", "`select` takes 3 arguments",
                                    "`size` is given 3 arguments and takes 1 to 2",
                                    "`reshape` is given 1 arguments and takes 2",
                                    "`concat` is given 0 arguments and takes at least 1",
                                    "`max` is given 3 arguments and takes 1 to 2"}));
}

TEST(Builtins, MaxIsAReductionAndElementwise) {
  Elaboration e;
  Value x = e.field("x", {2, 3});
  EXPECT_TRUE(e.call("max", x).tensor.getDefiningOp<nn::ReduceMaxOp>());
  EXPECT_TRUE(e.call("max", {x, Value::of(0)}).tensor.getDefiningOp<nn::MaxOp>());
}

TEST(Builtins, EveryElementwisePrimitiveMakesItsOp) {
  for (const nn::ElementwiseOp &op : nn::elementwiseOps()) {
    Elaboration e;
    Value y = e.call(op.mnemonic, std::vector<Value>(op.arity, e.field("x", {3})));
    ASSERT_TRUE(y.isTensor()) << op.mnemonic.str();
    EXPECT_EQ(y.tensor.getDefiningOp()->getName().stripDialect(), op.mnemonic);
    EXPECT_EQ(shapeOf(y), std::vector<int64_t>{3});
  }
}

TEST(Builtins, WeightsAreMappedOneByOne) {
  Elaboration e;
  Value weights = Value::ofKind(Value::Kind::Weights);
  weights.items = {e.tensor("w", {2, 3}), e.tensor("b", {3})};
  Value y = e.call("exp", weights);
  ASSERT_EQ(y.items.size(), 2u);
  EXPECT_EQ(shapeOf(y.items[1]), std::vector<int64_t>{3});
  EXPECT_TRUE(e.call("sum", weights).tensor.getDefiningOp<nn::AddOp>());
  EXPECT_TRUE(e.call("argmax", weights).isError());
  EXPECT_EQ(e.messages(), Messages{"this reduction is not defined over several tensors"});
}

TEST(Builtins, WhatIsUnavailableStaysSo) {
  Elaboration e;
  const Value later = Value::ofKind(Value::Kind::Unavailable);
  EXPECT_TRUE(e.call("exp", later).isUnavailable());
  EXPECT_TRUE(e.call("reshape", {later, Value::of(3)}).isUnavailable());
  EXPECT_TRUE(e.call("exp", Value::error()).isError());
  EXPECT_EQ(e.messages(), Messages{});
}
