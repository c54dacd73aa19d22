// Divides a scan into pieces, of which the gradient keeps the states before each.
#include "compiler/dialect/scan/Remember.h"
#include "compiler/dialect/scan/Names.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

using namespace mlir;

namespace nnc::nn {

static RankedTensorType typeOf(Value v) { return cast<RankedTensorType>(v.getType()); }

/// `count` elements of a sequence, from element `first` on.
static Value partOf(OpBuilder &b, Location loc, Value sequence, int64_t first, int64_t count) {
  RankedTensorType type = typeOf(sequence);
  const int64_t dim = stepDim(type);
  if (count == type.getDimSize(dim))
    return sequence;
  SmallVector<int64_t> start(type.getRank(), 0), stride(type.getRank(), 1), limit;
  for (int64_t size : type.getShape())
    limit.push_back(ShapedType::isDynamic(size) ? -1 : size);
  start[dim] = first;
  limit[dim] = first + count;
  return b.create<SliceOp>(loc, sequence, start, limit, stride);
}

/// The types of the stacks of `scan`, if it has `length` steps.
static SmallVector<Type> stacksOf(ScanOp scan, int64_t length) {
  return llvm::map_to_vector(scan.getYielded().drop_front(scan.getNumStates()),
                             [&](Value v) { return Type(sequenceOf(v.getType(), length)); });
}

/// `length` steps of `scan` with other operands of the same kinds.
static ScanOp stepsOf(OpBuilder &b, ScanOp scan, int64_t length, ValueRange starts,
                      ValueRange sequences, ValueRange invariants) {
  auto steps = b.create<ScanOp>(scan.getLoc(), length, scan.getBackward(), starts, sequences,
                                invariants, stacksOf(scan, length));
  steps.setRecompute(scan.getRecompute());
  copyNames(scan.getBody().getArguments(), steps.getBody().getArguments());
  IRMapping inside;
  inside.map(scan.getBody().getArguments(), steps.getBody().getArguments());
  OpBuilder block = OpBuilder::atBlockEnd(&steps.getBody().front());
  for (Operation &op : scan.getBody().front())
    block.clone(op, inside);
  return steps;
}

/// `pieces` times `k` steps of `scan`, on sequences of that length.
static ScanOp piecesOf(OpBuilder &b, ScanOp scan, int64_t pieces, int64_t k,
                       ArrayRef<Value> sequences) {
  Location loc = scan.getLoc();
  SmallVector<Value> divided;
  for (auto [sequence, element] : llvm::zip_equal(sequences, scan.getElements()))
    divided.push_back(
        b.create<ReshapeOp>(loc, sequenceOf(sequenceOf(element.getType(), k), pieces), sequence));
  const SmallVector<Type> ofPiece = stacksOf(scan, k);
  SmallVector<Type> types =
      llvm::map_to_vector(ofPiece, [&](Type stack) { return Type(sequenceOf(stack, pieces)); });
  auto outer = b.create<ScanOp>(loc, pieces, scan.getBackward(), scan.getStarts(), divided,
                                scan.getInvariants(), types);
  outer.setRecompute(true);
  OpBuilder block = OpBuilder::atBlockEnd(&outer.getBody().front());
  auto arguments = [](MutableArrayRef<BlockArgument> list) { return SmallVector<Value>(list); };
  ScanOp piece = stepsOf(block, scan, k, arguments(outer.getStates()),
                         arguments(outer.getElements()), arguments(outer.getConstants()));
  block.create<YieldOp>(loc, piece.getValues());
  return outer;
}

SmallVector<Value> rememberEvery(ScanOp scan, int64_t k) {
  const int64_t length = scan.getLength(), pieces = length / k, left = length % k;
  const unsigned states = scan.getNumStates();
  if (k == 1)
    scan.setRecompute(true);
  if (k == 1 || k >= length)
    return SmallVector<Value>(scan.getValues());
  OpBuilder b(scan);
  Location loc = scan.getLoc();
  // The steps that are left come last, which backwards are those of the first elements.
  const int64_t first = scan.getBackward() ? left : 0;
  SmallVector<Value> whole, rest;
  for (Value sequence : scan.getSequences()) {
    whole.push_back(partOf(b, loc, sequence, first, pieces * k));
    if (left > 0)
      rest.push_back(partOf(b, loc, sequence, scan.getBackward() ? 0 : pieces * k, left));
  }
  ScanOp outer = piecesOf(b, scan, pieces, k, whole);
  SmallVector<Value> values(outer.getValues());
  for (auto [value, type] :
       llvm::zip_equal(MutableArrayRef(values).drop_front(states), stacksOf(scan, pieces * k)))
    value = b.create<ReshapeOp>(loc, type, value);
  if (left > 0) {
    ScanOp tail =
        stepsOf(b, scan, left, ArrayRef(values).take_front(states), rest, scan.getInvariants());
    for (auto [i, value] : llvm::enumerate(values)) {
      Value after = tail.getValues()[i];
      if (i < states) {
        value = after;
        continue;
      }
      SmallVector<Value> parts{value, after};
      if (scan.getBackward())
        std::swap(parts[0], parts[1]);
      value = b.create<ConcatOp>(loc, parts, stepDim(value.getType()));
    }
  }
  scan.replaceAllUsesWith(values);
  scan.erase();
  return values;
}

} // namespace nnc::nn
