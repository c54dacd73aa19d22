// Gives values of a scan's steps to those outside of it.
#include "compiler/irgen/scans/Steps.h"

#include "compiler/dialect/NnDialect.h"

bool nnc::isInLoop(mlir::Value v) {
  return llvm::isa<nn::LoopOp>(v.getParentBlock()->getParentOp());
}

mlir::Value nnc::ofAllSteps(mlir::Value v,
                            llvm::function_ref<void(mlir::Value, mlir::Value)> replaced) {
  auto scan = llvm::cast<nn::ScanOp>(v.getParentBlock()->getParentOp());
  mlir::Operation *yield = v.getParentBlock()->getTerminator();
  yield->insertOperands(yield->getNumOperands(), v);
  llvm::SmallVector<mlir::Type> stacked(
      scan.getValues().drop_front(scan.getNumStates()).getTypes());
  stacked.push_back(nn::sequenceOf(v.getType(), scan.getLength()));
  mlir::OpBuilder b(scan);
  auto wider =
      b.create<nn::ScanOp>(scan.getLoc(), scan.getLength(), scan.getBackward(), scan.getStarts(),
                           scan.getSequences(), scan.getInvariants(), stacked);
  wider.setRecompute(scan.getRecompute());
  wider.getBody().takeBody(scan.getBody());
  for (auto [old, now] : llvm::zip(scan.getValues(), wider.getValues())) {
    old.replaceAllUsesWith(now);
    replaced(old, now);
  }
  scan.erase();
  return wider.getValues().back();
}
