// What all loops have in common: their form, and the op that ends their block.
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc::nn {

LogicalResult verifyLoop(Operation *op) {
  if (op->getNumRegions() != 1 || !op->getRegion(0).hasOneBlock())
    return op->emitOpError("must have one region of one block");
  if (!op->hasTrait<OpTrait::IsIsolatedFromAbove>())
    return op->emitOpError("must be isolated from above");
  if (op->getNumResults() == 0)
    return op->emitOpError("has no results");
  auto loop = cast<LoopOp>(op);
  for (BlockArgument argument : loop.getBlock().getArguments()) {
    std::optional<unsigned> operand = loop.getInvariant(argument.getArgNumber());
    if (operand && op->getOperand(*operand).getType() != argument.getType())
      return op->emitOpError("has block argument ")
             << argument.getArgNumber() << " of type " << argument.getType() << " for operand "
             << *operand << " of type " << op->getOperand(*operand).getType();
  }
  if (!isa<YieldOp>(loop.getBlock().getTerminator()))
    return op->emitOpError("must end its block with nn.yield");
  return success();
}

Value invariantOf(Value v) {
  auto argument = dyn_cast<BlockArgument>(v);
  auto loop = argument ? dyn_cast_or_null<LoopOp>(argument.getOwner()->getParentOp()) : LoopOp();
  if (!loop)
    return {};
  std::optional<unsigned> operand = loop.getInvariant(argument.getArgNumber());
  return operand ? loop->getOperand(*operand) : Value();
}

LogicalResult YieldOp::verify() {
  if (!isa<LoopOp>((*this)->getParentOp()))
    return emitOpError("must end the block of a loop");
  return success();
}

} // namespace nnc::nn
