// Finds states that are equal in every run, and merges the loops that have them.
#include "compiler/transforms/loops/MergeLoops.h"
#include "compiler/transforms/loops/LoopForm.h"
#include "mlir/IR/OperationSupport.h"
#include "llvm/ADT/DenseSet.h"
#include <map>

using namespace mlir;

namespace nnc {
namespace {

/// Numbers for the values in the blocks of several loops that run alike: equal values have equal
/// numbers. Assumes first that states are equal if their starts are, and gives up whatever the next
/// states contradict, until nothing does.
class Numbers {
public:
  explicit Numbers(ArrayRef<LoopForm *> loops) : forms(loops) {
    for (LoopForm *form : forms)
      for (LoopForm::Input &state : form->states)
        classes[state.inside] = starts.try_emplace(state.outside, starts.size()).first->second;
    size_t before = starts.size(), now = before;
    do {
      before = now;
      number();
      now = split();
    } while (now != before);
  }
  bool equal(Value a, Value b) const { return numbers.lookup(a) == numbers.lookup(b); }
  unsigned of(Value v) const { return numbers.lookup(v); }

private:
  /// What makes a value: its kind, and the numbers of what it is made from.
  struct Made {
    Operation *op;
    SmallVector<unsigned> operands;
    unsigned first; // the number of its first result
  };

  void number() {
    numbers.clear();
    made.clear();
    count = 0;
    llvm::DenseMap<unsigned, unsigned> ofClass;
    llvm::DenseMap<Value, unsigned> ofSequence, ofInvariant;
    auto give = [&](auto &table, auto key, Value inside) {
      auto [at, isNew] = table.try_emplace(key, count);
      count += isNew;
      numbers[inside] = at->second;
    };
    for (LoopForm *form : forms) {
      for (LoopForm::Input &state : form->states)
        give(ofClass, classes[state.inside], state.inside);
      for (LoopForm::Input &sequence : form->sequences)
        give(ofSequence, sequence.outside, sequence.inside);
      for (LoopForm::Input &invariant : form->invariants)
        give(ofInvariant, invariant.outside, invariant.inside);
    }
    for (LoopForm *form : forms)
      for (Operation &op : form->block().without_terminator())
        number(op);
  }

  void number(Operation &op) {
    auto operands = llvm::map_to_vector(op.getOperands(), [&](Value v) { return of(v); });
    auto key = llvm::hash_combine(op.getName().getAsOpaquePointer(),
                                  llvm::hash_combine_range(operands.begin(), operands.end()));
    auto &alike = made[key];
    auto *known = llvm::find_if(alike, [&](const Made &other) {
      return other.operands == operands && isSame(*other.op, op);
    });
    if (known == alike.end()) {
      alike.push_back({&op, operands, count});
      known = &alike.back();
      count += op.getNumResults();
    }
    for (auto [i, result] : llvm::enumerate(op.getResults()))
      numbers[result] = known->first + i;
  }

  /// Whether two ops do the same with equal operands.
  static bool isSame(Operation &a, Operation &b) {
    if (a.getName() != b.getName() || a.getResultTypes() != b.getResultTypes() ||
        a.getAttrDictionary() != b.getAttrDictionary() || a.getNumRegions() != b.getNumRegions())
      return false;
    for (auto [left, right] : llvm::zip_equal(a.getRegions(), b.getRegions()))
      if (!OperationEquivalence::isRegionEquivalentTo(&left, &right,
                                                      OperationEquivalence::IgnoreLocations))
        return false;
    return true;
  }

  /// States stay in one class if their next values are equal. Returns the number of classes.
  size_t split() {
    std::map<std::pair<unsigned, unsigned>, unsigned> parts;
    for (LoopForm *form : forms)
      for (auto [state, final] : llvm::zip_equal(form->states, form->finals)) {
        std::pair key(classes[state.inside], of(final.inside));
        classes[state.inside] = parts.try_emplace(key, parts.size()).first->second;
      }
    return parts.size();
  }

  SmallVector<LoopForm *> forms;
  llvm::DenseMap<Value, unsigned> starts, classes, numbers;
  std::map<size_t, SmallVector<Made, 2>> made;
  unsigned count = 0;
};

/// Makes one of the states of a loop that are always equal.
bool mergeStates(nn::LoopOp loop) {
  LoopForm form(loop);
  LoopForm *only = &form;
  Numbers numbers(only);
  bool changed = false;
  for (unsigned i = form.states.size(); i-- > 1;)
    for (unsigned j = 0; j < i; ++j) {
      if (!numbers.equal(form.states[i].inside, form.states[j].inside))
        continue;
      form.replaceInside(form.states[i].inside, form.states[j].inside);
      form.finals[i].outside.replaceAllUsesWith(form.finals[j].outside);
      form.states.erase(&form.states[i]);
      form.finals.erase(&form.finals[i]);
      changed = true;
      break;
    }
  if (changed)
    form.build();
  return changed;
}

/// Two loops of one block, the first before the second.
class Pair {
public:
  Pair(nn::LoopOp first, nn::LoopOp second) : first(first), second(second) {}

  bool merge() {
    if (!mayMerge() || !bringOperands())
      return false;
    const Numbers numbers({&first, &second});
    addStates(numbers);
    addInputs(first.sequences, second.sequences);
    addInputs(first.invariants, second.invariants);
    llvm::append_range(first.stacks, second.stacks);
    Block &from = second.block(), &to = first.block();
    from.getTerminator()->erase();
    to.getOperations().splice(to.getTerminator()->getIterator(), from.getOperations());
    first.build();
    second.loop->erase();
    return true;
  }

private:
  bool mayMerge() {
    nn::LoopOp a = first.loop, b = second.loop;
    if (a->getName() != b->getName() || a.getRuns() != b.getRuns() ||
        a.runsBackwards() != b.runsBackwards() || a.savesMemory() != b.savesMemory() ||
        llvm::none_of(b->getOperands(),
                      [&](Value v) { return llvm::is_contained(a->getOperands(), v); }))
      return false;
    const Numbers numbers({&first, &second});
    auto hasAll = [&](LoopForm &some, LoopForm &all) {
      return llvm::all_of(some.states, [&](LoopForm::Input &state) {
        return llvm::any_of(all.states, [&](LoopForm::Input &other) {
          return numbers.equal(state.inside, other.inside);
        });
      });
    };
    return (hasAll(first, second) || hasAll(second, first)) && sharesWork(numbers);
  }

  /// Whether an op of the second loop computes what one of the first does.
  bool sharesWork(const Numbers &numbers) {
    DenseSet<unsigned> computed;
    for (Operation &op : first.block().without_terminator())
      if (op.getNumOperands() > 0)
        computed.insert(numbers.of(op.getResult(0)));
    return llvm::any_of(second.block().without_terminator(), [&](Operation &op) {
      return op.getNumOperands() > 0 && computed.contains(numbers.of(op.getResult(0)));
    });
  }

  /// Moves what the second loop reads to before the first; false if that reads the first loop.
  bool bringOperands() {
    Operation *a = first.loop, *b = second.loop;
    DenseSet<Operation *> needed;
    SmallVector<Operation *> work{b};
    while (!work.empty())
      for (Value operand : work.pop_back_val()->getOperands()) {
        Operation *maker = operand.getDefiningOp();
        if (!maker || maker->isBeforeInBlock(a) || !needed.insert(maker).second)
          continue;
        if (maker == a)
          return false;
        work.push_back(maker);
      }
    SmallVector<Operation *> ordered(needed.begin(), needed.end());
    llvm::sort(ordered, [](Operation *x, Operation *y) { return x->isBeforeInBlock(y); });
    for (Operation *op : ordered)
      op->moveBefore(a);
    return true;
  }

  void addStates(const Numbers &numbers) {
    const SmallVector<LoopForm::Input> states = first.states;
    for (unsigned i = 0; i < second.states.size(); ++i) {
      LoopForm::Input state = second.states[i];
      const auto *same = llvm::find_if(states, [&](const LoopForm::Input &other) {
        return numbers.equal(state.inside, other.inside);
      });
      if (same == states.end()) {
        first.states.push_back(state);
        first.finals.push_back(second.finals[i]);
        continue;
      }
      replaceInside(state.inside, same->inside);
      second.finals[i].outside.replaceAllUsesWith(first.finals[same - states.begin()].outside);
    }
  }

  void addInputs(SmallVector<LoopForm::Input> &all, SmallVector<LoopForm::Input> &added) {
    for (LoopForm::Input &input : added) {
      auto *same = llvm::find_if(
          all, [&](LoopForm::Input &other) { return other.outside == input.outside; });
      if (same == all.end()) {
        all.push_back(input);
        continue;
      }
      replaceInside(input.inside, same->inside);
    }
  }

  /// In both, since the first may already have what the second yields.
  void replaceInside(Value from, Value to) {
    second.replaceInside(from, to);
    first.replaceInside(from, to);
  }

  LoopForm first, second;
};

/// Merges the first two loops of `block` that may be; false if none may.
bool mergeSome(Block &block) {
  SmallVector<nn::LoopOp> loops(block.getOps<nn::LoopOp>());
  for (unsigned j = 1; j < loops.size(); ++j)
    for (unsigned i = 0; i < j; ++i)
      if (Pair(loops[i], loops[j]).merge())
        return true;
  return false;
}

} // namespace

bool mergeLoops(Region &region) {
  bool changed = false;
  for (nn::LoopOp loop : loopsIn(region))
    changed |= mergeStates(loop);
  SmallVector<Block *> blocks;
  for (Block &block : region)
    blocks.push_back(&block);
  for (nn::LoopOp loop : loopsIn(region))
    blocks.push_back(&loop.getBlock());
  // Merging two loops joins their blocks: begin again.
  for (Block *block : blocks)
    if (mergeSome(*block)) {
      mergeLoops(region);
      return true;
    }
  return changed;
}

} // namespace nnc
