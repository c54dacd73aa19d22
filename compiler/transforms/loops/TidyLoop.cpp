// Removes from a loop what it need not have.
#include "compiler/transforms/loops/TidyLoop.h"
#include "compiler/dialect/Steps.h"
#include "compiler/transforms/loops/LoopForm.h"
#include "compiler/transforms/loops/OverSteps.h"
#include "mlir/IR/IRMapping.h"
#include "llvm/ADT/DenseSet.h"

using namespace mlir;

namespace nnc {
namespace {

class Tidy {
public:
  explicit Tidy(nn::LoopOp loop) : form(loop), outside(loop) {
    inside.setInsertionPointToStart(&form.block());
    after.setInsertionPointAfter(loop);
  }

  bool run() {
    if (form.loop.getRuns() == 1) {
      inlineOnly();
      return true;
    }
    keepUnchanged();
    for (auto *inputs : {&form.sequences, &form.invariants})
      shareOperands(*inputs);
    takeRepeated();
    makeInside();
    dropKnownStacks();
    dropUnneeded();
    if (changed)
      form.build();
    return changed;
  }

private:
  Location loc() { return form.loop.getLoc(); }

  /// A loop of one run: its block, in the place of the loop.
  void inlineOnly() {
    for (LoopForm::Input &state : form.states)
      form.replaceInside(state.inside, state.outside);
    for (LoopForm::Input &sequence : form.sequences)
      form.replaceInside(sequence.inside, nn::onlyElement(outside, loc(), sequence.outside));
    for (LoopForm::Input &invariant : form.invariants)
      form.replaceInside(invariant.inside, invariant.outside);
    Block &block = form.block();
    form.loop->getBlock()->getOperations().splice(form.loop->getIterator(), block.getOperations(),
                                                  block.begin(),
                                                  block.getTerminator()->getIterator());
    for (LoopForm::Output &final : form.finals)
      final.outside.replaceAllUsesWith(final.inside);
    for (LoopForm::Output &stack : form.stacks)
      if (!stack.outside.use_empty())
        stack.outside.replaceAllUsesWith(nn::stackOfOne(outside, loc(), stack.inside));
    form.loop->erase();
  }

  /// A state that every run passes on as it is, is an invariant.
  void keepUnchanged() {
    for (unsigned i = form.states.size(); i-- > 0;) {
      if (form.finals[i].inside != form.states[i].inside)
        continue;
      form.finals[i].outside.replaceAllUsesWith(form.states[i].outside);
      form.invariants.push_back(form.states[i]);
      form.states.erase(&form.states[i]);
      form.finals.erase(&form.finals[i]);
      changed = true;
    }
  }

  void shareOperands(SmallVector<LoopForm::Input> &inputs) {
    llvm::SmallDenseMap<Value, Value> first;
    llvm::erase_if(inputs, [&](LoopForm::Input &input) {
      auto [at, isNew] = first.try_emplace(input.outside, input.inside);
      if (!isNew)
        form.replaceInside(input.inside, at->second);
      changed |= !isNew;
      return !isNew;
    });
  }

  /// A sequence of one value is an invariant, from which the block makes the element.
  void takeRepeated() {
    for (unsigned i = form.sequences.size(); i-- > 0;) {
      LoopForm::Input sequence = form.sequences[i];
      Value repeated = nn::repeatedIn(sequence.outside);
      if (!repeated)
        continue;
      Value argument = form.block().addArgument(repeated.getType(), repeated.getLoc());
      form.invariants.push_back({repeated, argument});
      form.replaceInside(sequence.inside,
                         nn::elementOfRepeated(inside, loc(), sequence.outside, argument));
      form.sequences.erase(&form.sequences[i]);
      changed = true;
    }
  }

  /// Constants, and what repeats a smaller value, need no memory if the block makes them.
  void makeInside() {
    for (unsigned i = 0; i < form.invariants.size(); ++i) {
      LoopForm::Input invariant = form.invariants[i];
      Operation *maker = invariant.outside.getDefiningOp();
      if (!maker || !isMadeInside(maker))
        continue;
      IRMapping map;
      for (Value operand : maker->getOperands())
        if (!map.contains(operand)) {
          Value argument = form.block().addArgument(operand.getType(), operand.getLoc());
          form.invariants.push_back({operand, argument});
          map.map(operand, argument);
        }
      form.replaceInside(invariant.inside, inside.clone(*maker, map)->getResult(0));
      form.invariants.erase(&form.invariants[i--]);
      changed = true;
    }
  }

  /// Stacks of what is there already: another stack, a sequence, or one value again and again.
  void dropKnownStacks() {
    llvm::SmallDenseMap<Value, Value> known;
    for (LoopForm::Input &sequence : form.sequences)
      known[sequence.inside] = sequence.outside;
    for (LoopForm::Input &invariant : form.invariants)
      if (llvm::any_of(form.stacks,
                       [&](LoopForm::Output &stack) { return stack.inside == invariant.inside; }))
        known[invariant.inside] = nn::stackOf(after, loc(), invariant.outside, form.loop.getRuns());
    llvm::erase_if(form.stacks, [&](LoopForm::Output &stack) {
      auto [at, isNew] = known.try_emplace(stack.inside, stack.outside);
      if (!isNew)
        stack.outside.replaceAllUsesWith(at->second);
      changed |= !isNew;
      return !isNew;
    });
  }

  /// Keeps what a used result is computed from.
  void dropUnneeded() {
    llvm::SmallDenseMap<Value, unsigned> stateOf;
    for (auto [i, state] : llvm::enumerate(form.states))
      stateOf[state.inside] = i;
    DenseSet<Value> needed;
    SmallVector<Value> work;
    auto need = [&](Value v) {
      if (needed.insert(v).second)
        work.push_back(v);
    };
    for (LoopForm::Output &output : llvm::concat<LoopForm::Output>(form.finals, form.stacks))
      if (!output.outside.use_empty())
        need(output.inside);
    while (!work.empty()) {
      Value v = work.pop_back_val();
      if (auto state = stateOf.find(v); state != stateOf.end())
        need(form.finals[state->second].inside);
      else if (Operation *op = v.getDefiningOp())
        llvm::for_each(op->getOperands(), need);
    }
    for (unsigned i = form.states.size(); i-- > 0;) {
      if (needed.contains(form.states[i].inside) || !form.finals[i].outside.use_empty())
        continue;
      form.states.erase(&form.states[i]);
      form.finals.erase(&form.finals[i]);
      changed = true;
    }
    auto drop = [&](auto &entries, auto isUnneeded) {
      const size_t before = entries.size();
      llvm::erase_if(entries, isUnneeded);
      changed |= entries.size() != before;
    };
    drop(form.stacks, [](LoopForm::Output &stack) { return stack.outside.use_empty(); });
    for (auto *inputs : {&form.sequences, &form.invariants})
      drop(*inputs, [&](LoopForm::Input &input) { return !needed.contains(input.inside); });
  }

  LoopForm form;
  OpBuilder outside, after{outside.getContext()}, inside{outside.getContext()};
  bool changed = false;
};

} // namespace

bool tidyLoop(nn::LoopOp loop) { return Tidy(loop).run(); }

} // namespace nnc
