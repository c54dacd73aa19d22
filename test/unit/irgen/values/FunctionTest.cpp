// Tests of a function that is being built: its arguments, its results, and whether it can be
// computed in pieces.
#include "test/unit/irgen/Elaboration.h"

using namespace nnc;

static TensorInfo parameter(llvm::StringRef name, std::vector<int64_t> shape) {
  TensorInfo info;
  info.name = name.str();
  info.shape = std::move(shape);
  return info;
}

TEST(Function, ArgumentsAreAddedWhenTheyAreNeeded) {
  Elaboration e;
  EXPECT_FALSE(e.fn.takes("step"));
  mlir::Value step = e.fn.scalar("step");
  EXPECT_EQ(e.fn.scalar("step"), step);
  EXPECT_TRUE(e.fn.takes("step"));
  const TensorInfo w = parameter("net.w", {4});
  EXPECT_FALSE(e.fn.hasTensor("net.w"));
  EXPECT_EQ(e.fn.tensor(w).tensor, e.fn.tensor(w).tensor);
  EXPECT_TRUE(e.fn.hasTensor("net.w"));
  mlir::func::FuncOp func = e.fn.finish();
  ASSERT_EQ(func.getNumArguments(), 2u);
  EXPECT_EQ(func.getArgAttrOfType<mlir::StringAttr>(0, "nn.scalar").getValue(), "step");
  EXPECT_EQ(func.getArgAttrOfType<mlir::StringAttr>(1, "nn.tensor").getValue(), "net.w");
}

TEST(Function, WritesWhatWasAssignedLast) {
  Elaboration e;
  const TensorInfo w = parameter("net.w", {4}), b = parameter("net.b", {4});
  Value old = e.fn.tensor(w);
  e.fn.tensor(b); // only read
  e.fn.assign(w, e.fn.emit.elementwise<nn::NegOp>(old.tensor));
  mlir::Value last = e.fn.emit.elementwise<nn::AddOp>({e.fn.tensor(w).tensor, old.tensor});
  e.fn.assign(w, last);
  EXPECT_EQ(e.fn.tensor(w).tensor, last);
  e.fn.addResult("loss", e.fn.emit.constant(1));
  mlir::func::FuncOp func = e.fn.finish();
  ASSERT_EQ(func.getNumResults(), 2u);
  EXPECT_EQ(func.getResultAttrOfType<mlir::StringAttr>(0, "nn.result").getValue(), "loss");
  EXPECT_EQ(func.getResultAttrOfType<mlir::StringAttr>(1, "nn.update").getValue(), "net.w");
}

TEST(Function, ForgottenUpdatesAreNotWritten) {
  Elaboration e;
  const TensorInfo w = parameter("net.w", {4});
  Value old = e.fn.tensor(w);
  e.fn.assign(w, e.fn.emit.elementwise<nn::NegOp>(old.tensor));
  e.fn.forgetUpdates();
  EXPECT_EQ(e.fn.tensor(w).tensor, old.tensor);
  EXPECT_EQ(e.fn.finish().getNumResults(), 0u);
}

TEST(Function, JournalsAssignmentsOnRequest) {
  Elaboration e;
  const TensorInfo w = parameter("net.w", {4});
  Value old = e.fn.tensor(w);
  mlir::Value next = e.fn.emit.elementwise<nn::NegOp>(old.tensor);
  e.fn.assign(w, next);
  EXPECT_TRUE(e.fn.journal.empty());
  e.fn.journaling = 1;
  e.fn.assign(w, e.fn.emit.elementwise<nn::ExpOp>(next));
  ASSERT_EQ(e.fn.journal.size(), 1u);
  EXPECT_EQ(e.fn.journal[0].name, "net.w");
  EXPECT_EQ(e.fn.journal[0].before, next);
}

TEST(Pieces, SumsOverExamplesMayBeContinued) {
  Elaboration e;
  Value x = e.field("x", {});
  mlir::Value sum = e.fn.emit.batchSum(x.tensor);
  e.fn.addResult("sum", sum);
  EXPECT_TRUE(e.fn.mixesExamples()); // not known as a sum
  e.fn.addsUp(sum, x.tensor);
  EXPECT_FALSE(e.fn.mixesExamples());
}

TEST(Pieces, ExamplesThatSeeOthersNeedAllRows) {
  Elaboration e;
  Value x = e.field("x", {3});
  Value mean = Value::of(e.fn.emit.batchMean(x.tensor));
  e.fn.addResult("y", e.fn.emit.elementwise<nn::ExpOp>(x.tensor));
  EXPECT_FALSE(e.fn.mixesExamples());
  Value apart = e.fn.emit.elementwise<nn::SubOp>({x, mean}, {Range(), Range()}, Range());
  e.fn.addResult("z", apart.tensor);
  EXPECT_TRUE(e.fn.mixesExamples());
}

TEST(Pieces, OnlyTheBatchCounts) {
  Elaboration e;
  Value x = e.field("x", {3});
  auto reversed = [&](int64_t dim) {
    return e.fn.emit.make<nn::ReverseOp>(x.tensor.getType(), x.tensor,
                                         llvm::ArrayRef<int64_t>{dim});
  };
  EXPECT_TRUE(mixesExamples(reversed(0)));
  EXPECT_FALSE(mixesExamples(reversed(1)));
}
