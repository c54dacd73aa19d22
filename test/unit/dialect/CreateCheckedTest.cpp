// Tests of createChecked: ops whose operands do not fit are an error, not a crash.
#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include <gtest/gtest.h>

using namespace mlir;

namespace nnc::test {
namespace {

class CreateChecked : public ::testing::Test {
protected:
  CreateChecked()
      : handler(&context, [this](Diagnostic &d) { message = d.str(); }), b(&context),
        loc(b.getUnknownLoc()) {
    context.getOrLoadDialect<nn::NnDialect>();
    module = ModuleOp::create(loc);
    b.setInsertionPointToStart(module->getBody());
  }

  RankedTensorType f32(ArrayRef<int64_t> shape) {
    return RankedTensorType::get(shape, b.getF32Type());
  }
  Value value(ArrayRef<int64_t> shape) { return nn::buildSplat(b, loc, f32(shape), 1); }
  NamedAttribute dims(StringRef name, ArrayRef<int64_t> list) {
    return b.getNamedAttr(name, b.getDenseI64ArrayAttr(list));
  }

  MLIRContext context;
  std::string message;
  ScopedDiagnosticHandler handler;
  OpBuilder b;
  Location loc;
  OwningOpRef<ModuleOp> module;
};

TEST_F(CreateChecked, infersTheResult) {
  auto op =
      nn::createChecked(b, loc, "nn.reduce_sum", value({ShapedType::kDynamic, 3}), dims("dims", 1));
  ASSERT_TRUE(succeeded(op));
  EXPECT_EQ((*op)->getResult(0).getType(), f32(ShapedType::kDynamic));
}

TEST_F(CreateChecked, reportsOperandsThatDiffer) {
  EXPECT_TRUE(failed(nn::createChecked(b, loc, "nn.add", {value(3), value(4)})));
  EXPECT_EQ(message,
            "'nn.add' needs operands of one type, not 'tensor<3xf32>' and 'tensor<4xf32>'");
}

TEST_F(CreateChecked, reportsTooFewOperands) {
  EXPECT_TRUE(failed(nn::createChecked(b, loc, "nn.add", value(3))));
  EXPECT_EQ(message, "'nn.add' takes 2 operands, not 1");
}

TEST_F(CreateChecked, reportsUnknownOps) {
  EXPECT_TRUE(failed(nn::createChecked(b, loc, "nn.frobnicate", value(3))));
  EXPECT_EQ(message, "there is no operation 'nn.frobnicate'");
}

TEST_F(CreateChecked, verifiesStatedTypes) {
  EXPECT_TRUE(failed(nn::createChecked(b, loc, "nn.reshape", value({2, 3}), {}, f32(5))));
  EXPECT_NE(message.find("keeps the number of elements"), std::string::npos) << message;
}

TEST_F(CreateChecked, reportsMissingAttributes) {
  for (StringRef name : {"nn.reduce_sum", "nn.transpose", "nn.slice", "nn.pad", "nn.reverse",
                         "nn.windows", "nn.fold"}) {
    message.clear();
    EXPECT_TRUE(failed(nn::createChecked(b, loc, name, value({2, 3})))) << name.str();
    EXPECT_FALSE(message.empty()) << name.str();
  }
}

TEST(SplatConstants, areSeenThroughBroadcasts) {
  MLIRContext context;
  context.getOrLoadDialect<nn::NnDialect>();
  OpBuilder b(&context);
  auto module = OwningOpRef<ModuleOp>(ModuleOp::create(b.getUnknownLoc()));
  b.setInsertionPointToStart(module->getBody());
  auto type = RankedTensorType::get({ShapedType::kDynamic, 2}, b.getF32Type());
  EXPECT_EQ(nn::getSplatConstant(nn::buildSplat(b, b.getUnknownLoc(), type, 2.5)), 2.5);
  EXPECT_EQ(nn::getSplatConstant(b.create<nn::BatchSizeOp>(b.getUnknownLoc())), std::nullopt);
}

} // namespace
} // namespace nnc::test
