// How each op computes the results of all runs of a loop at once (StepsOp): the same op on stacks.
#include "compiler/dialect/Steps.h"
#include "compiler/dialect/nn/ShapeRules.h"

using namespace mlir;

namespace nnc::nn {

SmallVector<int64_t> dimsInStack(Type value, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> moved;
  for (int64_t dim : dims)
    moved.push_back(dimInStack(value, dim));
  return moved;
}

SmallVector<int64_t> withStep(Type value, ArrayRef<int64_t> numbers, int64_t step) {
  SmallVector<int64_t> all(numbers);
  all.insert(all.begin() + stepDim(value), step);
  return all;
}

bool hasStepsForm(Operation *op) {
  auto batchFirst = [](Type type) { return batchDims(type) == unsigned(isBatched(type)); };
  return isa<StepsOp>(op) && op->getNumResults() == 1 && batchFirst(op->getResult(0).getType()) &&
         llvm::all_of(op->getOperandTypes(), batchFirst);
}

Value stackOf(OpBuilder &b, Location loc, Value value, int64_t length) {
  Type type = value.getType();
  auto rank = cast<RankedTensorType>(type).getRank();
  return buildBroadcast(b, loc, sequenceOf(type, length), value,
                        dimsInStack(type, llvm::to_vector(llvm::seq<int64_t>(0, rank))));
}

SmallVector<Value> asStacks(OpBuilder &b, Location loc, ValueRange operands, ArrayRef<bool> stacked,
                            int64_t length) {
  SmallVector<Value> all;
  for (auto [operand, isStack] : llvm::zip_equal(operands, stacked))
    all.push_back(isStack ? operand : stackOf(b, loc, operand, length));
  return all;
}

Value onlyElement(OpBuilder &b, Location loc, Value sequence) {
  return b.createOrFold<ReshapeOp>(loc, elementOf(sequence.getType()), sequence);
}

Value stackOfOne(OpBuilder &b, Location loc, Value value) {
  return b.createOrFold<ReshapeOp>(loc, sequenceOf(value.getType(), 1), value);
}

Value repeatedIn(Value sequence) {
  auto broadcast = sequence.getDefiningOp<BroadcastOp>();
  bool alike = broadcast && !llvm::is_contained(broadcast.getDims(), stepDim(sequence.getType()));
  return alike ? broadcast.getX() : Value();
}

Value elementOfRepeated(OpBuilder &b, Location loc, Value sequence, Value repeated) {
  const int64_t step = stepDim(sequence.getType());
  SmallVector<int64_t> dims;
  for (int64_t dim : sequence.getDefiningOp<BroadcastOp>().getDims())
    dims.push_back(dim - (dim > step));
  return b.createOrFold<BroadcastOp>(loc, elementOf(sequence.getType()), repeated, dims);
}

// Elementwise ops

Value buildElementwiseOverSteps(Operation *op, OpBuilder &b, ValueRange operands,
                                ArrayRef<bool> stacked, int64_t length) {
  OperationState state(op->getLoc(), op->getName());
  state.addOperands(asStacks(b, op->getLoc(), operands, stacked, length));
  state.addTypes(sequenceOf(op->getResult(0).getType(), length));
  state.addAttributes(op->getAttrs());
  return b.create(state)->getResult(0);
}

Value CastOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool> stacked,
                             int64_t length) {
  return buildElementwiseOverSteps(*this, b, operands, stacked, length);
}

// Contractions: the runs are one more loop dim.

/// `map` of a tensor of type `value` as that of the stack, if it is one; the runs are the last loop
/// dim.
static AffineMap mapOfStack(AffineMap map, Type value, bool isStack) {
  SmallVector<AffineExpr> results(map.getResults());
  if (isStack)
    results.insert(results.begin() + stepDim(value),
                   getAffineDimExpr(map.getNumDims(), map.getContext()));
  return AffineMap::get(map.getNumDims() + 1, 0, results, map.getContext());
}

static Value contractSteps(ContractionOp op, OpBuilder &b, ValueRange operands,
                           ArrayRef<bool> stacked, int64_t length, bool sum) {
  SmallVector<int64_t> sizes(op.getLoopSizes());
  sizes.push_back(length);
  return op.cloneWith(b, operands[0], operands[1],
                      {mapOfStack(op.getLeftMap(), op.getLeft().getType(), stacked[0]),
                       mapOfStack(op.getRightMap(), op.getRight().getType(), stacked[1]),
                       mapOfStack(op.getOutMap(), op->getResult(0).getType(), !sum)},
                      sizes);
}

Value buildContractionOverSteps(ContractionOp op, OpBuilder &b, ValueRange operands,
                                ArrayRef<bool> stacked, int64_t length) {
  return contractSteps(op, b, operands, stacked, length, /*sum=*/false);
}

Value buildContractionSumOverSteps(ContractionOp op, OpBuilder &b, ValueRange operands,
                                   ArrayRef<bool> stacked, int64_t length) {
  if (stacked[0] && stacked[1])
    return contractSteps(op, b, operands, stacked, length, /*sum=*/true);
  // Σ a_t b = (Σ a_t) b
  const unsigned varies = stacked[0] ? 0 : 1;
  SmallVector<Value> sums(operands);
  sums[varies] =
      buildSum(b, op->getLoc(), operands[varies], stepDim(op->getOperand(varies).getType()));
  return op.cloneWith(b, sums[0], sums[1], {op.getLeftMap(), op.getRightMap(), op.getOutMap()},
                      op.getLoopSizes());
}

// Reductions (NnReduce.td): over the same dims, and for the sum of all runs over the runs' too.

bool ReduceSumOp::hasSumOverSteps() { return true; }

Value ReduceSumOp::buildSumOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t) {
  SmallVector<int64_t> dims = dimsInStack(getX().getType(), getDims());
  dims.push_back(stepDim(getX().getType()));
  llvm::sort(dims);
  return cloneOver(b, operands[0], dims);
}

// pick: y[…, t, …] = x[…, t, …, idx[…, t, …], …]

Value PickOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool> stacked,
                             int64_t length) {
  SmallVector<Value> stacks = asStacks(b, getLoc(), operands, stacked, length);
  return b.create<PickOp>(getLoc(), stacks[0], stacks[1], dimInStack(getX().getType(), getDim()));
}

// Ops that move elements: the dim of the runs goes along with the others.

Value BroadcastOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>,
                                  int64_t length) {
  return b.create<BroadcastOp>(
      getLoc(), sequenceOf(getType(), length), operands[0],
      withStep(getX().getType(), dimsInStack(getType(), getDims()), stepDim(getType())));
}

Value ReshapeOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t length) {
  return b.create<ReshapeOp>(getLoc(), sequenceOf(getType(), length), operands[0]);
}

Value TransposeOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t) {
  Type x = getX().getType();
  return b.create<TransposeOp>(getLoc(), operands[0],
                               withStep(getType(), dimsInStack(x, getPerm()), stepDim(x)));
}

Value SliceOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t length) {
  Type x = getX().getType();
  return b.create<SliceOp>(getLoc(), operands[0], withStep(x, getStart(), 0),
                           withStep(x, getLimit(), length), withStep(x, getStride(), 1));
}

Value PadOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t) {
  Type x = getX().getType();
  return b.create<PadOp>(getLoc(), operands[0], withStep(x, getLow(), 0), withStep(x, getHigh(), 0),
                         withStep(x, getInterior(), 0));
}

Value ReverseOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t) {
  return b.create<ReverseOp>(getLoc(), operands[0], dimsInStack(getX().getType(), getDims()));
}

Value ConcatOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool> stacked,
                               int64_t length) {
  return b.create<ConcatOp>(getLoc(), asStacks(b, getLoc(), operands, stacked, length),
                            dimInStack(getType(), getDim()));
}

Value WindowsOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t) {
  return b.create<WindowsOp>(getLoc(), operands[0], dimsInStack(getX().getType(), getDims()),
                             getSize(), getStride(), getDilation());
}

Value FoldOp::buildOverSteps(OpBuilder &b, ValueRange operands, ArrayRef<bool>, int64_t) {
  return b.create<FoldOp>(getLoc(), operands[0], dimsInStack(getX().getType(), getDims()),
                          getExtent(), getStride(), getDilation());
}

} // namespace nnc::nn
