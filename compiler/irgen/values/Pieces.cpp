// Evaluations and predictions process their rows in pieces that fit the caches. Results must not
// depend on the pieces. So a function is computed in one piece if a result depends on several
// examples, except through a sum that the runtime continues.
#include "compiler/irgen/values/Function.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

bool nnc::mixesExamples(mlir::Operation *op) {
  if (llvm::isa<nn::BatchSizeOp>(op))
    return true;
  if (auto loop = llvm::dyn_cast<nn::LoopOp>(op))
    return llvm::any_of(loop.getBlock(),
                        [](mlir::Operation &inner) { return nnc::mixesExamples(&inner); });
  const bool fromExamples = llvm::any_of(op->getOperands(), isBatched);
  if (fromExamples && llvm::any_of(op->getResults(), [](mlir::Value v) { return !isBatched(v); }))
    return true; // it reduces the batch
  auto reverse = llvm::dyn_cast<nn::ReverseOp>(op);
  return fromExamples && reverse && llvm::is_contained(reverse.getDims(), 0);
}

mlir::Operation *Function::mixesExamples() const {
  llvm::SmallVector<mlir::Value> open;
  llvm::DenseSet<mlir::Value> seen;
  // Adds the parts of a sum, also of nested sums, or the value itself.
  auto openParts = [&](mlir::Value v) {
    llvm::SmallVector<mlir::Value> whole{v};
    while (!whole.empty()) {
      mlir::Value one = whole.pop_back_val();
      if (auto parts = sums.find(one); parts != sums.end())
        llvm::append_range(whole, parts->second);
      else
        open.push_back(one);
    }
  };
  for (const auto &[name, value] : results)
    openParts(value);
  bool derives = false; // without gradient requests, markers only pass their value on
  mlir::func::FuncOp(func).walk([&](nn::GradientRequestOp) { derives = true; });
  while (!open.empty()) {
    mlir::Value v = open.pop_back_val();
    mlir::Operation *op = v.getDefiningOp();
    if (!op || !seen.insert(v).second)
      continue;
    if (auto gradient = llvm::dyn_cast<nn::GradientRequestOp>(op)) {
      // The gradient of a sum over the examples. With respect to a batched value it belongs to each
      // example; with respect to a parameter it sums over all of them.
      auto of = sums.find(gradient.getOf());
      const bool ofExamples = of != sums.end() && llvm::any_of(of->second, isBatched);
      if (ofExamples && !isBatched(v))
        return op;
      openParts(gradient.getOf());
      continue;
    }
    auto marker = llvm::dyn_cast<nn::AutodiffMarkerOp>(op);
    if (marker && !derives) {
      open.push_back(marker.getForwarded());
      continue;
    }
    auto loop = llvm::dyn_cast<nn::LoopOp>(op);
    if (loop) // its block may have such sums, too
      llvm::append_range(open, loop.getBlock().getTerminator()->getOperands());
    else if (!marker && nnc::mixesExamples(op))
      return op;
    llvm::append_range(open, op->getOperands());
  }
  return nullptr;
}
