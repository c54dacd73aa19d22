// Walks through regions.
#include "compiler/dialect/Walks.h"
#include "mlir/IR/Block.h"
#include "mlir/IR/Region.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

using namespace mlir;

namespace nnc::nn {

void eraseDeadOps(Region &region) {
  for (Block &block : region)
    for (Operation &op : llvm::make_early_inc_range(llvm::reverse(block))) {
      for (Region &inner : op.getRegions())
        eraseDeadOps(inner);
      if (isOpTriviallyDead(&op))
        op.erase();
    }
}

Value findValue(Operation *whole, llvm::function_ref<bool(Type)> wrong) {
  Value found;
  whole->walk<WalkOrder::PreOrder>([&](Operation *op) {
    auto look = [&](ValueRange values) {
      for (Value value : values)
        if (!found && wrong(value.getType()))
          found = value;
    };
    look(op->getResults());
    for (Region &region : op->getRegions())
      for (Block &block : region)
        look(block.getArguments());
    return found ? WalkResult::interrupt() : WalkResult::advance();
  });
  return found;
}

} // namespace nnc::nn
