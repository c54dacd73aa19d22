// Checks that each registered nn op has all its parts. An op that lacks one on purpose is in an
// exemption list with its reason.
#include "compiler/dialect/nn/ElementwiseOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "test/interpreter/Interpreter.h"
#include "llvm/Support/FileSystem.h"
#include <gtest/gtest.h>
#include <set>

using namespace mlir;

namespace nnc::test {
namespace {

class Registry : public ::testing::Test {
protected:
  Registry() { context.getOrLoadDialect<nn::NnDialect>(); }

  std::vector<RegisteredOperationName> ops() {
    std::vector<RegisteredOperationName> found;
    for (RegisteredOperationName op : context.getRegisteredOperations())
      // nn.yield ends the block of a loop and computes nothing.
      if (op.getDialectNamespace() == "nn" && !op.hasTrait<OpTrait::IsTerminator>())
        found.push_back(op);
    return found;
  }

  MLIRContext context;
};

/// Ops whose result type is stated rather than inferred; their verifiers compare it with the
/// operands.
const std::set<std::string> typeStated = {"nn.broadcast", "nn.cast", "nn.iota", "nn.reshape",
                                          // Any shape is right for a random tensor.
                                          "nn.random_normal", "nn.random_uniform",
                                          // What the block of a loop yields is not known before.
                                          "nn.scan"};

/// Ops without derivative, and why.
const std::set<std::string> noDerivative = {
    "nn.dynamic_slice", // augments data, which is never differentiated
    "nn.max_plus",      // no function of the language has it
    "nn.gradient",      // expanded before any derivative is requested
};

TEST_F(Registry, isNotEmpty) { EXPECT_GE(ops().size(), 45u); }

TEST_F(Registry, everyOpHasATypeRule) {
  for (RegisteredOperationName op : ops())
    EXPECT_NE(op.hasInterface<InferTypeOpInterface>(),
              typeStated.count(op.getStringRef().str()) == 1)
        << op.getStringRef().str();
}

TEST_F(Registry, everyOpHasADerivativeOrAnExplicitNone) {
  for (RegisteredOperationName op : ops()) {
    if (op.hasInterface<nn::LoopOp>())
      continue; // LoopOp::backward, which has no default
    auto *differentiable = op.getInterface<nn::DifferentiableOp>();
    ASSERT_TRUE(differentiable) << op.getStringRef().str();
    EXPECT_EQ(differentiable->getDerivativeKind() == nn::DerivativeKind::None,
              noDerivative.count(op.getStringRef().str()) == 1)
        << op.getStringRef().str();
  }
}

TEST_F(Registry, everyOpIsLoweredOrGoneByThen) {
  for (RegisteredOperationName op : ops()) {
    int ways = op.hasInterface<nn::PullOp>() + op.hasInterface<nn::ReductionOp>() +
               op.hasInterface<nn::ContractionOp>() + op.hasInterface<nn::LoopOp>() +
               op.hasTrait<nn::BeforeCodegen>();
    EXPECT_EQ(ways, 1) << op.getStringRef().str();
    if (op.hasInterface<nn::ScalarBodyOp>()) {
      EXPECT_TRUE(op.hasInterface<nn::PullOp>()) << op.getStringRef().str();
    }
  }
}

TEST_F(Registry, elementwiseOpsAreListedByTheirClasses) {
  std::vector<StringRef> registered;
  for (RegisteredOperationName op : ops())
    if (op.hasInterface<nn::ScalarBodyOp>() && op.hasInterface<InferTypeOpInterface>())
      registered.push_back(op.stripDialect());
  std::sort(registered.begin(), registered.end());
  std::vector<StringRef> listed;
  for (const nn::ElementwiseOp &op : nn::elementwiseOps())
    listed.push_back(op.mnemonic);
  EXPECT_EQ(listed, registered);
  ASSERT_TRUE(nn::findElementwise("select"));
  EXPECT_EQ(nn::findElementwise("select")->arity, 3u);
  for (StringRef other : {"cast", "contract", "", "zz", "nn.add"})
    EXPECT_FALSE(nn::findElementwise(other)) << other.str();
}

TEST_F(Registry, elementwiseOpsAreBuiltFromTheirOperands) {
  OpBuilder b(&context);
  auto module = OwningOpRef<ModuleOp>(ModuleOp::create(b.getUnknownLoc()));
  b.setInsertionPointToStart(module->getBody());
  Value x = nn::buildSplat(b, b.getUnknownLoc(), RankedTensorType::get({2}, b.getF64Type()), 1);
  for (const nn::ElementwiseOp &op : nn::elementwiseOps()) {
    Value made = op.build(b, b.getUnknownLoc(), SmallVector<Value>(op.arity, x));
    EXPECT_EQ(made.getDefiningOp()->getName().stripDialect(), op.mnemonic);
    EXPECT_EQ(made.getType(), x.getType());
  }
}

TEST_F(Registry, everyOpIsPure) {
  for (RegisteredOperationName op : ops())
    EXPECT_TRUE(op.hasInterface<MemoryEffectOpInterface>()) << op.getStringRef().str();
}

TEST_F(Registry, everyOpHasATest) {
  for (RegisteredOperationName op : ops()) {
    std::string file =
        std::string(NNC_SOURCE_DIR) + "/test/ops/" + op.stripDialect().str() + ".mlir";
    EXPECT_TRUE(llvm::sys::fs::exists(file)) << file;
  }
}

TEST_F(Registry, theInterpreterKnowsEveryOp) {
  for (RegisteredOperationName op : ops())
    if (op.getStringRef() != "nn.gradient") { // expanded first
      EXPECT_TRUE(reference::semantics().count(op.getStringRef()) ||
                  reference::loopSemantics(op.getStringRef()))
          << op.getStringRef().str();
    }
  for (auto &entry : reference::semantics())
    EXPECT_TRUE(RegisteredOperationName::lookup(entry.getKey(), &context)) << entry.getKey().str();
}

} // namespace
} // namespace nnc::test
