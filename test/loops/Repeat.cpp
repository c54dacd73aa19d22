// test.repeat: its form, and its derivative through time.
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"
#include "test/loops/Loops.h"

using namespace mlir;

#include "test/loops/TestDialect.cpp.inc"
#define GET_OP_CLASSES
#include "test/loops/LoopOps.cpp.inc"

namespace nnc::test {

void TestDialect::initialize() {
  addOperations<
#define GET_OP_LIST
#include "test/loops/LoopOps.cpp.inc"
      >();
}

std::optional<unsigned> RepeatOp::getInvariant(unsigned i) {
  return i < getNumResults() ? std::optional<unsigned>() : i;
}

int64_t RepeatOp::getRuns() { return getTimes(); }

std::optional<unsigned> RepeatOp::getStart(unsigned i) {
  return i < getNumResults() ? i : std::optional<unsigned>();
}

std::string RepeatOp::getHeading() { return "repeat " + std::to_string(getTimes()) + " times"; }

Operation *RepeatOp::cloneWith(OpBuilder &b, ValueRange starts, ValueRange, ValueRange invariants,
                               TypeRange) {
  SmallVector<Value> inputs(starts);
  llvm::append_range(inputs, invariants);
  auto copy = b.create<RepeatOp>(getLoc(), starts.getTypes(), getTimes(), inputs);
  Block &block = copy.getBody().emplaceBlock();
  for (Value input : inputs)
    block.addArgument(input.getType(), input.getLoc());
  return copy;
}

LogicalResult RepeatOp::verify() {
  if (getTimes() < 1)
    return emitOpError("must run at least once, not ") << getTimes() << " times";
  Block &block = getBody().front();
  if (block.getArgumentTypes() != getInputs().getTypes())
    return emitOpError("has block arguments of other types than its operands");
  if (getNumOperands() < getNumResults() ||
      getInputs().take_front(getNumResults()).getTypes() != getFinals().getTypes())
    return emitOpError("returns other types than those of its states");
  if (block.getTerminator()->getOperandTypes() != getFinals().getTypes())
    return emitOpError("yields other types than it returns");
  return success();
}

namespace {

/// The loop after `times` runs from the same start; its operands if there are none.
ValueRange after(OpBuilder &b, RepeatOp loop, int64_t times) {
  if (times == 0)
    return loop.getInputs().take_front(loop.getNumResults());
  auto copy = cast<RepeatOp>(b.clone(*loop));
  copy.setTimes(times);
  return copy.getFinals();
}

} // namespace

// One run of (states, gradients of the next states, sums for the invariants) at a time, from the
// last to the first. The states before each run are computed again.
LogicalResult RepeatOp::backward(nn::LoopDerivation &d) {
  OpBuilder &b = d.builder();
  Location loc = getLoc();
  unsigned states = getNumResults(), inputs = getNumOperands();
  SmallVector<Value> gradients; // of the states, then of the invariants
  for (unsigned i = 0; i < inputs; ++i)
    gradients.push_back(
        i < states ? d.gradient(i)
                   : nn::buildSplat(b, loc, cast<RankedTensorType>(getOperand(i).getType()), 0));
  for (int64_t run = getTimes() - 1; run >= 0; --run) {
    // The states of the loop are the gradients; the values before this run are invariants.
    SmallVector<Value> operands(gradients);
    llvm::append_range(operands, after(b, *this, run));
    llvm::append_range(operands, getInputs().drop_front(states));
    auto step = b.create<RepeatOp>(loc, TypeRange(ValueRange(gradients)), 1, operands);
    OpBuilder::InsertionGuard guard(b);
    Block *block = b.createBlock(&step.getBody());
    for (Value operand : operands)
      block->addArgument(operand.getType(), loc);
    auto arguments = ValueRange(block->getArguments());
    IRMapping inside;
    inside.map(getBody().front().getArguments(), arguments.drop_front(inputs));
    for (Operation &op : getBody().front().without_terminator())
      b.clone(op, inside);
    SmallVector<Value> yielded;
    for (Value value : getBody().front().getTerminator()->getOperands())
      yielded.push_back(inside.lookup(value));
    auto parts =
        d.gradientsIn(b, yielded, arguments.take_front(states), arguments.drop_front(inputs));
    if (failed(parts))
      return failure();
    for (unsigned i = states; i < inputs; ++i)
      (*parts)[i] = b.create<nn::AddOp>(loc, arguments[i], (*parts)[i]);
    b.create<nn::YieldOp>(loc, *parts);
    gradients.assign(step.result_begin(), step.result_end());
  }
  for (unsigned i = 0; i < inputs; ++i)
    if (d.wants(i))
      d.give(i, gradients[i]);
  return success();
}

} // namespace nnc::test
