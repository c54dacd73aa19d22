// The order in which loops are tidied, merged and emptied.
#include "compiler/transforms/loops/Hoist.h"
#include "compiler/transforms/Simplify.h"
#include "compiler/transforms/loops/LoopForm.h"
#include "compiler/transforms/loops/MergeLoops.h"
#include "compiler/transforms/loops/MoveOut.h"
#include "compiler/transforms/loops/TidyLoop.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Transforms/CSE.h"

using namespace mlir;

namespace nnc {
namespace {

/// Applies `change` to every loop, those in a block before the loop that has it. It may replace the
/// loop that it gets, and no other.
bool forEachLoop(func::FuncOp function, llvm::function_ref<bool(nn::LoopOp)> change) {
  bool changed = false;
  for (nn::LoopOp loop : loopsIn(function.getBody()))
    changed |= change(loop);
  return changed;
}

/// Computes once what is computed twice, and removes what nobody reads.
void share(func::FuncOp function) {
  IRRewriter rewriter(function.getContext());
  DominanceInfo dominance(function);
  eliminateCommonSubExpressions(rewriter, dominance, function);
}

bool tidy(func::FuncOp function) {
  bool changed = false;
  share(function);
  while (forEachLoop(function, tidyLoop)) {
    share(function);
    changed = true;
  }
  return changed;
}

struct HoistPass : PassWrapper<HoistPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(HoistPass)
  StringRef getArgument() const override { return "nn-hoist-loops"; }
  StringRef getDescription() const override {
    return "compute outside of loops what needs no state, and merge equal loops";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<nn::NnDialect>();
  }

  void runOnOperation() override {
    OpPassManager simplify(ModuleOp::getOperationName());
    simplify.addPass(createSimplifyPass());
    // What was simplified may move further; what moved may be simplified.
    for (int round = 0; round < 4; ++round) {
      bool changed = false;
      for (auto function : getOperation().getOps<func::FuncOp>())
        changed |= hoistLoops(function);
      if (!changed)
        return;
      if (failed(runPipeline(simplify, getOperation())))
        return signalPassFailure();
    }
  }
};

} // namespace

bool hoistLoops(func::FuncOp function) {
  if (loopsIn(function.getBody()).empty())
    return false;
  bool changed = tidy(function);
  if (mergeLoops(function.getBody())) {
    tidy(function);
    changed = true;
  }
  // Each round moves ops out of loops, or ends.
  for (bool moves = true; moves;) {
    moves = forEachLoop(function, moveBefore);
    moves |= tidy(function);
    moves |= forEachLoop(function, moveAfter);
    moves |= tidy(function);
    changed |= moves;
  }
  return changed;
}

std::unique_ptr<Pass> createHoistPass() { return std::make_unique<HoistPass>(); }

} // namespace nnc
