// Builds ops for all runs of a loop at once.
#include "compiler/transforms/loops/OverSteps.h"
#include "compiler/dialect/Steps.h"

using namespace mlir;

namespace nnc {

Levels::Levels(LoopForm &form) {
  for (LoopForm::Input &state : form.states)
    levels[state.inside] = State;
  for (LoopForm::Input &sequence : form.sequences)
    levels[sequence.inside] = Sequence;
  for (LoopForm::Input &invariant : form.invariants)
    levels[invariant.inside] = Invariant;
  for (Operation &op : form.block().without_terminator())
    update(&op);
}

Levels::Level Levels::levelOf(Operation *op) const {
  Level level = Invariant;
  for (Value operand : op->getOperands())
    level = std::max(level, of(operand));
  return level == Sequence && !nn::hasStepsForm(op) ? State : level;
}

void Levels::update(Operation *op) {
  const Level level = levelOf(op);
  for (Value result : op->getResults())
    levels[result] = level;
}

OverSteps::OverSteps(OpBuilder b, LoopForm &form) : b(b), runs(form.loop.getRuns()) {
  for (LoopForm::Input &sequence : form.sequences)
    set(sequence.inside, {sequence.outside, true});
  for (LoopForm::Input &invariant : form.invariants)
    set(invariant.inside, {invariant.outside, false});
}

SmallVector<bool> OverSteps::operandsOf(Operation *op, SmallVector<Value> &wholes) {
  SmallVector<bool> stacked;
  for (Value operand : op->getOperands()) {
    Whole whole = of(operand);
    wholes.push_back(whole.value);
    stacked.push_back(whole.stacked);
  }
  return stacked;
}

OverSteps::Whole OverSteps::of(Value inside) {
  if (auto at = known.find(inside); at != known.end())
    return at->second;
  Operation *op = inside.getDefiningOp();
  SmallVector<Value> operands;
  SmallVector<bool> stacked = operandsOf(op, operands);
  if (llvm::is_contained(stacked, true)) {
    Value stack = cast<nn::StepsOp>(op).buildOverSteps(b, operands, stacked, runs);
    return known[inside] = {stack, true};
  }
  IRMapping map;
  map.map(op->getOperands(), operands);
  Operation *copy = b.clone(*op, map);
  for (auto [result, value] : llvm::zip_equal(op->getResults(), copy->getResults()))
    known[result] = {value, false};
  return known[inside];
}

Value OverSteps::stackOf(Value inside) {
  Whole whole = of(inside);
  return whole.stacked ? whole.value : nn::stackOf(b, inside.getLoc(), whole.value, runs);
}

Value OverSteps::sumOf(Value inside, const Levels &levels) {
  if (auto at = known.find(inside); at != known.end())
    return nn::buildSum(b, inside.getLoc(), at->second.value, nn::stepDim(inside.getType()));
  auto op = cast<nn::StepsOp>(inside.getDefiningOp());
  SmallVector<Value> operands;
  if (op.hasSumOverSteps()) {
    SmallVector<bool> stacked = operandsOf(op, operands);
    return op.buildSumOverSteps(b, operands, stacked, runs);
  }
  IRMapping map;
  for (Value operand : op->getOperands())
    if (!map.contains(operand))
      map.map(operand,
              levels.of(operand) == Levels::Invariant ? of(operand).value : sumOf(operand, levels));
  return b.clone(*op, map)->getResult(0);
}

bool isMadeInside(Operation *op) {
  auto pull = dyn_cast<nn::PullOp>(op);
  if (!pull || op->getNumResults() != 1 || isa<nn::ScalarBodyOp>(op))
    return false;
  if (op->getNumOperands() == 0)
    return pull.getCost() <= 1;
  Type result = op->getResult(0).getType();
  int64_t elements = 0;
  for (Type operand : op->getOperandTypes()) {
    if (nn::batchDims(operand) > nn::batchDims(result))
      return false;
    if (nn::batchDims(operand) == nn::batchDims(result))
      elements += elementsOfExample(operand);
  }
  return pull.getCost() == 0 && elements < elementsOfExample(result);
}

bool isExpensive(Operation *op) { return isa<nn::ContractionOp, nn::ReductionOp>(op); }

} // namespace nnc
