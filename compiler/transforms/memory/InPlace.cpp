// Finds the readers of a value that is to be overwritten.
#include "compiler/transforms/memory/InPlace.h"
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc {

bool readsOnlyWhatItWrites(kern::FusedOp kernel, BlockArgument argument) {
  SmallVector<Value> work{argument};
  llvm::SmallPtrSet<Value, 8> seen;
  while (!work.empty()) {
    Value value = work.pop_back_val();
    if (!seen.insert(value).second)
      continue;
    if (cast<ShapedType>(value.getType()).getShape() != kernel.getSpace().getShape())
      return false;
    for (Operation *user : value.getUsers()) {
      if (isa<kern::YieldOp>(user))
        continue;
      if (!isa<nn::ScalarBodyOp>(user))
        return false;
      work.push_back(user->getResult(0));
    }
  }
  return true;
}

bool mayOverwrite(OpResult value, ArrayRef<Value> old) {
  auto kernel = dyn_cast<kern::FusedOp>(value.getOwner());
  if (!kernel)
    return false; // a loop writes its results while it still reads its operands
  SmallVector<Value> work(old);
  while (!work.empty()) {
    Value read = work.pop_back_val();
    for (OpOperand &operand : read.getUses()) {
      Operation *op = operand.getOwner();
      if (isa<kern::ViewOp>(op)) {
        work.push_back(op->getResult(0));
        continue;
      }
      if (op->hasTrait<OpTrait::IsTerminator>())
        continue;
      if (kernel->isBeforeInBlock(op))
        return false;
      if (op == kernel && (!isa<BlockArgument>(read) ||
                           !readsOnlyWhatItWrites(
                               kernel, kernel.getBody().getArgument(operand.getOperandNumber()))))
        return false;
    }
  }
  return true;
}

} // namespace nnc
