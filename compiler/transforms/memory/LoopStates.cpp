// Inserts the copies of starts and of next states.
#include "compiler/transforms/memory/LoopStates.h"
#include "compiler/dialect/kern/Kern.h"
#include "compiler/transforms/memory/InPlace.h"

using namespace mlir;

namespace nnc {

SmallVector<BlockArgument> statesOf(nn::LoopOp loop) {
  SmallVector<BlockArgument> states;
  for (BlockArgument argument : loop.getBlock().getArguments())
    if (loop.getStart(argument.getArgNumber()))
      states.push_back(argument);
  return states;
}

OpOperand *startOf(OpResult result) {
  auto loop = dyn_cast<nn::LoopOp>(result.getOwner());
  if (!loop)
    return nullptr;
  SmallVector<BlockArgument> states = statesOf(loop);
  if (result.getResultNumber() >= states.size())
    return nullptr;
  return &loop->getOpOperand(*loop.getStart(states[result.getResultNumber()].getArgNumber()));
}

/// Whether the loop may take the memory of `start`, and change it: it is computed in the same
/// block, and nothing else reads it in the loop or after it.
static bool mayTake(OpOperand &start) {
  Value memory = kern::memoryOf(start.get());
  if (isa<BlockArgument>(memory))
    return false;
  SmallVector<Value> work{memory};
  while (!work.empty())
    for (OpOperand &use : work.pop_back_val().getUses()) {
      Operation *user = use.getOwner();
      if (isa<kern::ViewOp>(user))
        work.push_back(user->getResult(0));
      else if (&use != &start && !user->isBeforeInBlock(start.getOwner()))
        return false;
    }
  return true;
}

void copyStates(Block &block) {
  for (auto loop : llvm::make_early_inc_range(block.getOps<nn::LoopOp>())) {
    OpBuilder before(loop);
    Operation *yield = loop.getBlock().getTerminator();
    OpBuilder atEnd(yield);
    copyStates(loop.getBlock());
    for (auto [i, state] : llvm::enumerate(statesOf(loop))) {
      OpOperand *start = startOf(loop->getResult(i));
      if (!mayTake(*start))
        start->set(kern::buildCopy(before, start->get()));
      OpOperand &next = yield->getOpOperand(i);
      if (!mayOverwrite(cast<OpResult>(kern::memoryOf(next.get())), Value(state)))
        next.set(kern::buildCopy(atEnd, next.get()));
    }
  }
}

} // namespace nnc
