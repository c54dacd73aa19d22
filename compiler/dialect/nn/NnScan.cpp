// nn.scan: its form, and the arguments of its block. Its derivative is in scan/ScanGradient.cpp.
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc::nn {

RankedTensorType elementOf(Type sequence) {
  auto tensor = cast<RankedTensorType>(sequence);
  const int64_t dim = stepDim(tensor);
  if (dim >= tensor.getRank() || tensor.isDynamicDim(dim))
    return {};
  SmallVector<int64_t> shape(tensor.getShape());
  shape.erase(shape.begin() + dim);
  // Stacks of the elements are along the same dim again.
  RankedTensorType element = tensor.clone(shape);
  return stepDim(element) == dim ? element : RankedTensorType();
}

RankedTensorType sequenceOf(Type element, int64_t length) {
  auto tensor = cast<RankedTensorType>(element);
  SmallVector<int64_t> shape(tensor.getShape());
  shape.insert(shape.begin() + stepDim(tensor), length);
  return tensor.clone(shape);
}

// The number of an operand is that of its block argument.

std::optional<unsigned> ScanOp::getInvariant(unsigned i) {
  return i < getNumStates() + getSequences().size() ? std::optional<unsigned>() : i;
}

std::optional<unsigned> ScanOp::getStart(unsigned i) {
  return i < getNumStates() ? i : std::optional<unsigned>();
}

std::optional<unsigned> ScanOp::getElementOf(unsigned i) {
  const bool isElement = i >= getNumStates() && !getInvariant(i);
  return isElement ? i : std::optional<unsigned>();
}

bool ScanOp::runsBackwards() { return getBackward(); }

bool ScanOp::hasSequences() { return true; }

bool ScanOp::savesMemory() { return getRecompute(); }

Operation *ScanOp::cloneWith(OpBuilder &b, ValueRange starts, ValueRange sequences,
                             ValueRange invariants, TypeRange stacks) {
  auto copy =
      b.create<ScanOp>(getLoc(), getLength(), getBackward(), starts, sequences, invariants, stacks);
  copy.setRecompute(getRecompute());
  return copy;
}

int64_t ScanOp::getRuns() { return getLength(); }

std::string ScanOp::getHeading() {
  const std::string first = getBackward() ? std::to_string(getLength()) : "1";
  const std::string last = getBackward() ? "1" : std::to_string(getLength());
  return "for t = " + first + (getLength() > 1 ? ", …, " + last : "");
}

MutableArrayRef<BlockArgument> ScanOp::getStates() {
  return getBody().getArguments().take_front(getNumStates());
}

MutableArrayRef<BlockArgument> ScanOp::getElements() {
  return getBody().getArguments().slice(getNumStates(), getSequences().size());
}

MutableArrayRef<BlockArgument> ScanOp::getConstants() {
  return getBody().getArguments().take_back(getInvariants().size());
}

/// Builds the op with a block that has its arguments and is empty.
void ScanOp::build(OpBuilder &b, OperationState &state, int64_t length, bool backward,
                   ValueRange starts, ValueRange sequences, ValueRange invariants,
                   TypeRange stacked) {
  SmallVector<Type> types(starts.getTypes());
  llvm::append_range(types, stacked);
  build(b, state, types, b.getI64IntegerAttr(length), backward ? b.getUnitAttr() : UnitAttr(),
        UnitAttr(), starts, sequences, invariants);
  Block &block = state.regions.front()->emplaceBlock();
  for (Value start : starts)
    block.addArgument(start.getType(), start.getLoc());
  for (Value sequence : sequences)
    block.addArgument(elementOf(sequence.getType()), sequence.getLoc());
  for (Value invariant : invariants)
    block.addArgument(invariant.getType(), invariant.getLoc());
}

LogicalResult ScanOp::verify() {
  if (getLength() < 1)
    return emitOpError("must step at least once, not ") << getLength() << " times";
  SmallVector<Type> arguments(getStarts().getTypes());
  for (Value sequence : getSequences()) {
    RankedTensorType element = elementOf(sequence.getType());
    if (!element ||
        cast<RankedTensorType>(sequence.getType()).getDimSize(stepDim(sequence.getType())) !=
            int64_t(getLength()))
      return emitOpError("steps ")
             << getLength() << " times through a sequence of type " << sequence.getType();
    arguments.push_back(element);
  }
  llvm::append_range(arguments, getInvariants().getTypes());
  if (TypeRange(getBody().getArgumentTypes()) != TypeRange(arguments))
    return emitOpError("has block arguments of other types than its operands give");
  if (getValues().size() < getNumStates() || getYielded().size() != getValues().size())
    return emitOpError("must yield its ") << getNumStates() << " states and what it stacks";
  for (unsigned i = 0; i < getValues().size(); ++i) {
    Type yielded = getYielded()[i].getType();
    Type expected = i < getNumStates() ? yielded : Type(sequenceOf(yielded, getLength()));
    if (getValues()[i].getType() != expected)
      return emitOpError("yields ")
             << yielded << " for its result of type " << getValues()[i].getType();
    if (i < getNumStates() && getStarts()[i].getType() != yielded)
      return emitOpError("yields ")
             << yielded << " for a state that starts as " << getStarts()[i].getType();
  }
  return success();
}

} // namespace nnc::nn
