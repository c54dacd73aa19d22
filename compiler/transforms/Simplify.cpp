// Runs the folders and canonicalisations that the ops define. No op is named here.
#include "compiler/transforms/Simplify.h"
#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Dominance.h"
#include "mlir/Transforms/CSE.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

using namespace mlir;

namespace nnc {
namespace {

struct SimplifyPass : PassWrapper<SimplifyPass, OperationPass<ModuleOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(SimplifyPass)
  StringRef getArgument() const override { return "nn-simplify"; }
  StringRef getDescription() const override {
    return "fold, canonicalise, and share common subexpressions";
  }
  void getDependentDialects(DialectRegistry &registry) const override {
    registry.insert<nn::NnDialect>();
  }

  LogicalResult initialize(MLIRContext *context) override {
    RewritePatternSet collected(context);
    auto *dialect = context->getOrLoadDialect<nn::NnDialect>();
    dialect->getCanonicalizationPatterns(collected);
    for (RegisteredOperationName op : context->getRegisteredOperations())
      if (op.getDialectNamespace() == dialect->getNamespace())
        op.getCanonicalizationPatterns(collected, context);
    patterns = FrozenRewritePatternSet(std::move(collected));
    return success();
  }

  void runOnOperation() override {
    GreedyRewriteConfig config;
    config.useTopDownTraversal = true;
    config.enableRegionSimplification = GreedySimplifyRegionLevel::Disabled;
    for (auto function : getOperation().getOps<func::FuncOp>()) {
      // Equal operands found by CSE may let another pattern match. In practice two rounds are
      // enough.
      for (int round = 0; round < 3; ++round) {
        if (failed(applyPatternsAndFoldGreedily(function, patterns, config))) {
          function.emitError("simplification did not come to an end");
          return signalPassFailure();
        }
        bool shared = false;
        IRRewriter rewriter(&getContext());
        DominanceInfo dominance(function);
        eliminateCommonSubExpressions(rewriter, dominance, function, &shared);
        if (!shared)
          break;
      }
    }
  }

  FrozenRewritePatternSet patterns;
};

} // namespace

std::unique_ptr<Pass> createSimplifyPass() { return std::make_unique<SimplifyPass>(); }

} // namespace nnc
