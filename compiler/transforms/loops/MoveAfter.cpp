// Moves what no state depends on to after the loop.
#include "compiler/dialect/Steps.h"
#include "compiler/transforms/loops/MoveOut.h"
#include "compiler/transforms/loops/OverSteps.h"

using namespace mlir;

namespace nnc {
namespace {

/// A state to which every run adds `moved` and `rest`, and which nothing else reads.
struct Sum {
  unsigned state;
  SmallVector<Value> moved, rest;
};

class MoveAfter {
public:
  explicit MoveAfter(nn::LoopOp loop)
      : form(loop), levels(form), after(loop.getContext()), end(form.block().getTerminator()) {
    after.setInsertionPointAfter(loop);
    for (LoopForm::Input &sequence : form.sequences)
      available.insert(sequence.inside);
    for (LoopForm::Output &stack : form.stacks)
      available.insert(stack.inside);
  }

  bool run() {
    if (!form.loop.hasSequences() || form.loop.savesMemory())
      return false;
    chooseSums();
    chooseOps();
    if (sums.empty() && moved.empty())
      return false;
    provideAll();
    build();
    return true;
  }

private:
  // Sums

  void chooseSums() {
    for (unsigned i = 0; i < form.states.size(); ++i) {
      std::optional<SmallVector<Value>> terms = termsOf(i);
      if (!terms)
        continue;
      Sum sum{i, {}, {}};
      const int64_t size = elementsOfExample(form.states[i].inside.getType());
      for (Value term : *terms)
        (hasSum(term, size) ? sum.moved : sum.rest).push_back(term);
      if (!sum.moved.empty())
        sums.push_back(sum);
    }
  }

  /// What every run adds to state `i`, if that is all that is done with it.
  std::optional<SmallVector<Value>> termsOf(unsigned i) {
    SmallVector<Value> work, terms;
    Value v = form.states[i].inside;
    while (v != form.finals[i].inside) {
      if (!v.hasOneUse())
        return std::nullopt;
      auto add = dyn_cast<nn::StepsOp>(*v.user_begin());
      Value addend = add ? add.getAddend(v) : Value();
      if (!addend || addend == v)
        return std::nullopt;
      work.push_back(addend);
      v = add->getResult(0);
    }
    if (work.empty() || !v.hasOneUse())
      return std::nullopt;
    while (!work.empty()) {
      Value term = work.pop_back_val();
      auto add = term.hasOneUse() ? term.getDefiningOp<nn::StepsOp>() : nn::StepsOp();
      Value addend = add ? add.getAddend(add->getOperand(0)) : Value();
      if (!addend || addend == add->getOperand(0)) {
        terms.push_back(term);
        continue;
      }
      work.push_back(addend);
      work.push_back(add->getOperand(0));
    }
    return terms;
  }

  /// Whether the sum of `v` over all runs is better computed after the loop than in a state of
  /// `size` elements.
  bool hasSum(Value v, int64_t size) {
    if (available.contains(v))
      return true;
    auto op = v.getDefiningOp<nn::StepsOp>();
    if (!op || levels.of(v) == Levels::Invariant || !nn::hasStepsForm(op))
      return false;
    if (op.hasSumOverSteps())
      return llvm::all_of(op->getOperands(), [&](Value operand) {
        return levels.of(operand) == Levels::Invariant ||
               elementsOfExample(operand.getType()) <= std::max<int64_t>(4 * size, 1024);
      });
    SmallVector<bool> stacked;
    for (Value operand : op->getOperands())
      stacked.push_back(levels.of(operand) != Levels::Invariant);
    return op.isLinearIn(stacked) && llvm::all_of(op->getOperands(), [&](Value operand) {
             return levels.of(operand) == Levels::Invariant || hasSum(operand, size);
           });
  }

  /// The ops whose sums over all runs give that of `v`.
  void collectSummed(Value v, SmallVector<Operation *> &ops) {
    if (available.contains(v) || levels.of(v) == Levels::Invariant)
      return;
    auto op = v.getDefiningOp<nn::StepsOp>();
    if (op.hasSumOverSteps())
      return ops.push_back(op);
    for (Value operand : op->getOperands())
      collectSummed(operand, ops);
  }

  // Ops that reach only stacks

  void chooseOps() {
    DenseSet<Operation *> reachStacks;
    for (Operation &op : llvm::reverse(form.block().without_terminator()))
      if (levels.of(op.getResult(0)) != Levels::Invariant && nn::hasStepsForm(&op) &&
          !op.use_empty() && llvm::all_of(op.getUsers(), [&](Operation *user) {
            return user == end ? !isNext(op.getResult(0)) : reachStacks.contains(user);
          }))
        reachStacks.insert(&op);
    for (Operation &op : form.block().without_terminator())
      if (reachStacks.contains(&op) && (readsMoved(&op) || isWorthMemory(&op)))
        moved.insert(&op);
  }

  bool isNext(Value v) {
    return llvm::any_of(form.finals, [&](LoopForm::Output &final) { return final.inside == v; });
  }

  bool readsMoved(Operation *op) {
    return llvm::any_of(op->getOperands(), [&](Value operand) {
      return operand.getDefiningOp() && moved.contains(operand.getDefiningOp());
    });
  }

  /// Whether an op is better computed for all runs, although what it reads must be kept for all.
  bool isWorthMemory(Operation *op) {
    if (!isExpensive(op))
      return false;
    int64_t read = 0, added = 0;
    bool sharesWeights = false;
    for (Value operand : op->getOperands()) {
      if (levels.of(operand) == Levels::Invariant) {
        sharesWeights |= !nn::isBatched(operand.getType());
        continue;
      }
      read += elementsOfExample(operand.getType());
      if (!available.contains(operand))
        added += elementsOfExample(operand.getType());
    }
    const bool isProduct = isa<nn::ContractionOp>(op);
    if (isProduct && sharesWeights)
      return true;
    const int64_t result = elementsOfExample(op->getResult(0).getType());
    if (!available.contains(op->getResult(0)) && result > read)
      return false;
    return added == 0 || (isProduct && added <= result);
  }

  // What they read

  void provideAll() {
    SmallVector<Operation *> readers(moved.begin(), moved.end());
    for (Sum &sum : sums)
      for (Value term : sum.moved)
        collectSummed(term, readers);
    // Those that read memory first: what they need, others may use.
    for (bool fromMemory : {true, false})
      for (Operation *op : readers)
        if (isa<nn::ContractionOp>(op) == fromMemory)
          for (Value operand : op->getOperands())
            provide(operand, fromMemory);
  }

  void provide(Value v, bool inMemory) {
    Operation *op = v.getDefiningOp();
    if (levels.of(v) == Levels::Invariant || available.contains(v) || (op && moved.contains(op)))
      return;
    if ((!inMemory || v.hasOneUse()) && canBeMade(v, 6))
      return;
    available.insert(v);
    Type type = nn::sequenceOf(v.getType(), form.loop.getRuns());
    // Takes the place of the result until there is one.
    auto place = after.create<UnrealizedConversionCastOp>(v.getLoc(), type, ValueRange());
    places.push_back(place);
    form.stacks.push_back({v, place.getResult(0)});
  }

  /// Whether `v` can be computed again after the loop, without further stacks.
  bool canBeMade(Value v, unsigned depth) {
    if (levels.of(v) == Levels::Invariant || available.contains(v))
      return true;
    Operation *op = v.getDefiningOp();
    return depth > 0 && op && isa<nn::PullOp>(op) && nn::hasStepsForm(op) &&
           llvm::all_of(op->getOperands(),
                        [&](Value operand) { return canBeMade(operand, depth - 1); });
  }

  // Building

  void build() {
    OverSteps over(after, form);
    auto moves = [&](LoopForm::Output &stack) {
      Operation *op = stack.inside.getDefiningOp();
      return op && moved.contains(op);
    };
    for (LoopForm::Output &stack : form.stacks)
      if (!moves(stack))
        over.set(stack.inside, {stack.outside, true});
    llvm::erase_if(form.stacks, [&](LoopForm::Output &stack) {
      if (!moves(stack))
        return false;
      stack.outside.replaceAllUsesWith(over.stackOf(stack.inside));
      return true;
    });
    for (Sum &sum : llvm::reverse(sums))
      buildSum(sum, over);
    form.build();
    for (Operation *place : places)
      place->erase();
  }

  void buildSum(Sum &sum, OverSteps &over) {
    LoopForm::Input &state = form.states[sum.state];
    LoopForm::Output &final = form.finals[sum.state];
    OpBuilder b(after.getContext());
    b.setInsertionPoint(end);
    nn::Expr total(over.sumOf(sum.moved.front(), levels), after, final.outside.getLoc());
    for (Value term : ArrayRef(sum.moved).drop_front())
      total = total + total.with(over.sumOf(term, levels));
    if (sum.rest.empty()) {
      if (nn::getSplatConstant(state.outside) != 0)
        total = total.with(state.outside) + total;
      final.outside.replaceAllUsesWith(total);
      form.states.erase(&state);
      form.finals.erase(&final);
      return;
    }
    nn::Expr next(state.inside, b, final.outside.getLoc());
    for (Value term : sum.rest)
      next = next + next.with(term);
    final.inside = next;
    Value whole = total.with(final.outside) + total;
    final.outside.replaceAllUsesExcept(whole, whole.getDefiningOp());
  }

  LoopForm form;
  Levels levels;
  OpBuilder after;
  Operation *end;
  SmallVector<Sum> sums;
  llvm::SetVector<Operation *> moved;
  DenseSet<Value> available; // elements of sequences, and values that are stacked
  SmallVector<Operation *> places;
};

} // namespace

bool moveAfter(nn::LoopOp loop) { return MoveAfter(loop).run(); }

} // namespace nnc
