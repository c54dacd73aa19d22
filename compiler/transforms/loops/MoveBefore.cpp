// Moves what does not depend on states to before the loop.
#include "compiler/transforms/loops/MoveOut.h"
#include "compiler/transforms/loops/OverSteps.h"

using namespace mlir;

namespace nnc {
namespace {

class MoveBefore {
public:
  explicit MoveBefore(nn::LoopOp loop) : form(loop), levels(form), over(OpBuilder(loop), form) {
    for (LoopForm::Input &sequence : form.sequences)
      elements += elementsOfExample(sequence.inside.getType());
  }

  bool run() {
    choose();
    bool changed = moveStacks();
    for (Operation *op : moved)
      for (Value result : op->getResults())
        if (isReadInside(result)) {
          OverSteps::Whole whole = over.of(result);
          (whole.stacked ? form.sequences : form.invariants).push_back({whole.value, result});
          changed = true;
        }
    if (changed)
      form.build();
    return changed;
  }

private:
  /// Fills `moved`.
  void choose() {
    for (Operation &op : form.block().without_terminator()) {
      levels.update(&op);
      const Levels::Level level = levels.of(op.getResult(0));
      if (level == Levels::Invariant && !isFree(&op))
        moved.insert(&op);
      if (level != Levels::Sequence || !isExpensive(&op))
        continue;
      if (!form.loop.savesMemory() && isWorthMemory(&op))
        moved.insert(&op);
      else
        levels.fix(&op);
    }
  }

  /// Whether an op costs nothing where its result is read.
  static bool isFree(Operation *op) {
    auto pull = dyn_cast<nn::PullOp>(op);
    return isMadeInside(op) || op->hasTrait<nn::SameElements>() ||
           (pull && !isa<nn::ScalarBodyOp>(op) && pull.getCost() == 0);
  }

  /// Whether the results of all runs, and what must be in memory for them, may be kept.
  bool isWorthMemory(Operation *op) {
    if (!isa<nn::ContractionOp>(op))
      return true;
    const int64_t result = elementsOfExample(op->getResult(0).getType());
    int64_t read = 0;
    bool sharesWeights = false;
    for (Value operand : op->getOperands()) {
      const int64_t size = elementsOfExample(operand.getType());
      if (levels.of(operand) == Levels::Invariant) {
        sharesWeights |= !nn::isBatched(operand.getType());
        continue;
      }
      read += size;
      if (operand.getDefiningOp() && size > 4 * std::max(elements, result))
        return false;
    }
    // The scores of one query against many keys are not kept for all queries. Products of two
    // elements are not worth more memory than these have.
    return sharesWeights || result <= read;
  }

  bool isReadInside(Value v) {
    return llvm::any_of(v.getUsers(), [&](Operation *user) { return !moved.contains(user); });
  }

  /// Stacks of values that nothing else in the block reads need no loop.
  bool moveStacks() {
    bool changed = false;
    llvm::erase_if(form.stacks, [&](LoopForm::Output &stack) {
      const Levels::Level level = levels.of(stack.inside);
      const bool moves =
          level == Levels::Invariant || (level == Levels::Sequence && !form.loop.savesMemory() &&
                                         form.isOnlyStacked(stack.inside));
      if (!stack.inside.getDefiningOp() || !moves)
        return false;
      stack.outside.replaceAllUsesWith(over.stackOf(stack.inside));
      return changed = true;
    });
    return changed;
  }

  LoopForm form;
  Levels levels;
  OverSteps over;
  int64_t elements = 0; // of one run's elements
  llvm::SetVector<Operation *> moved;
};

} // namespace

bool moveBefore(nn::LoopOp loop) { return MoveBefore(loop).run(); }

} // namespace nnc
