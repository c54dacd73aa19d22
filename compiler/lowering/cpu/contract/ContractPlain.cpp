// Emits contractions without a dim that can carry lanes (dot products, elementwise products), and
// those that are no sums of products, as plain loops. Lanes run along the last output dim.
#include "compiler/lowering/cpu/Generators.h"
#include "compiler/lowering/cpu/LongSums.h"
#include "compiler/lowering/cpu/elements/IterationSpace.h"

#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

static Index apply(ElementScope &scope, AffineExpr e, ArrayRef<Index> loops) {
  if (auto dim = dyn_cast<AffineDimExpr>(e))
    return loops[dim.getPosition()];
  if (auto constant = dyn_cast<AffineConstantExpr>(e))
    return scope.constant(constant.getValue());
  auto binary = cast<AffineBinaryOpExpr>(e);
  Index left = apply(scope, binary.getLHS(), loops);
  if (e.getKind() == AffineExprKind::Mul)
    return scope.mul(left, cast<AffineConstantExpr>(binary.getRHS()).getValue());
  return scope.add(left, apply(scope, binary.getRHS(), loops));
}

namespace {
/// The loops of one contraction. A unit of work is a vector of the result.
class PlainLoops {
public:
  explicit PlainLoops(KernelEmitter &emitter)
      : emitter(emitter), b(emitter.builder()), loc(emitter.location()),
        root(cast<nn::ContractionOp>(emitter.kernel().getRoots()[0])),
        space(cast<RankedTensorType>(root->getResult(0).getType())), sizes(root.getLoopSizes()),
        rank(space.getRank()), lanes(rank ? emitter.target().lanesOf(space.getElementType()) : 1),
        indices(emitter, b, lanes) {}
  void emit();

private:
  /// A part of the outermost loop of a nest.
  struct Part {
    Value from, to;
  };

  Value extent(unsigned loop) {
    return sizes[loop] < 0 ? emitter.rows() : emitter.constant(sizes[loop]);
  }
  Value countUnits();
  void placeVector(Value unit);
  void setOutLoops();
  Value accumulate(Value state);
  Value walk(ArrayRef<unsigned> rest, Value state, std::optional<Part> part);
  SmallVector<Value> walkBlocks(unsigned level, SmallVector<Value> carried);
  Value reduce();

  KernelEmitter &emitter;
  OpBuilder &b;
  Location loc;
  nn::ContractionOp root;
  RankedTensorType space;
  ArrayRef<int64_t> sizes;
  unsigned rank;
  int64_t lanes;
  ElementScope indices;
  Value blocks, laneExtent; // along the last dim of the result: vectors, elements
  SmallVector<Index> outIndex;
  Value mask;
  SmallVector<Index> loops;      // the index of each loop
  SmallVector<unsigned> reduced; // the loops that are not in the result
  SmallVector<SumLevel> levels;
  std::optional<SumBlocks> sumBlocks;
  Value initial; // the state before any pair
};
} // namespace

Value PlainLoops::countUnits() {
  Value units = emitter.constant(1);
  blocks = laneExtent = units;
  if (rank) {
    laneExtent = emitter.extent(space, rank - 1);
    blocks = b.createOrFold<arith::DivUIOp>(
        loc, b.createOrFold<arith::AddIOp>(loc, laneExtent, emitter.constant(lanes - 1)),
        emitter.constant(lanes));
    units = blocks;
    for (unsigned dim = 0; dim + 1 < rank; ++dim)
      units = b.createOrFold<arith::MulIOp>(loc, units, emitter.extent(space, dim));
  }
  return units;
}

/// Finds the index of vector `unit` in the result, and which of its lanes exist.
void PlainLoops::placeVector(Value unit) {
  outIndex.assign(rank, indices.uniform(unit));
  if (!rank)
    return;
  Value block = b.create<arith::RemUIOp>(loc, unit, blocks);
  SmallVector<unsigned> outer;
  for (unsigned dim = 0; dim + 1 < rank; ++dim)
    outer.push_back(dim);
  splitUniform(indices, space, outer, b.create<arith::DivUIOp>(loc, unit, blocks), outIndex);
  Value base = b.create<arith::MulIOp>(loc, block, emitter.constant(lanes));
  outIndex.back() = Index::affine(base, lanes == 1 ? 0 : 1, lanes);
  mask = emitter.tailMask(base, laneExtent, lanes);
}

/// Sets the index of each loop that is in the result. The other loops are reduced.
void PlainLoops::setOutLoops() {
  loops.assign(sizes.size(), indices.constant(0));
  SmallVector<bool> isOut(sizes.size(), false);
  auto setLoop = [&](AffineExpr e, Index index) {
    loops[cast<AffineDimExpr>(e).getPosition()] = index;
    isOut[cast<AffineDimExpr>(e).getPosition()] = true;
  };
  AffineMap out = root.getOutMap();
  for (auto [i, e] : llvm::enumerate(out.getResults())) {
    if (isa<AffineDimExpr>(e)) {
      setLoop(e, outIndex[i]);
      continue;
    }
    // outer * size + inner
    auto sum = cast<AffineBinaryOpExpr>(e);
    auto product = cast<AffineBinaryOpExpr>(sum.getLHS());
    int64_t size = cast<AffineConstantExpr>(product.getRHS()).getValue();
    setLoop(product.getLHS(), indices.floorDiv(outIndex[i], size));
    setLoop(sum.getRHS(), indices.mod(outIndex[i], size));
  }
  for (unsigned i = 0; i < sizes.size(); ++i)
    if (!isOut[i])
      reduced.push_back(i);
}

/// The state after the pair at the current index of all loops.
Value PlainLoops::accumulate(Value state) {
  ElementScope point(emitter, b, lanes, mask);
  auto operand = [&](Value v, AffineMap map) {
    SmallVector<Index> index;
    for (AffineExpr e : map.getResults())
      index.push_back(apply(point, e, loops));
    return point.at(v, index);
  };
  Value left = operand(root.getLeft(), root.getLeftMap());
  Value right = operand(root.getRight(), root.getRightMap());
  return root.buildAccumulate(b, loc, state, left, right);
}

/// The state after all pairs over the loops `rest`. `part`: the range of the loop over rest[0], if
/// not the whole.
Value PlainLoops::walk(ArrayRef<unsigned> rest, Value state, std::optional<Part> part) {
  if (rest.empty())
    return accumulate(state);
  Value from = part ? part->from : emitter.constant(0), to = part ? part->to : extent(rest[0]);
  auto inner = b.create<scf::ForOp>(loc, from, to, emitter.constant(1), ValueRange{state});
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(inner.getBody());
  loops[rest[0]] = indices.uniform(inner.getInductionVar());
  Value next = walk(rest.drop_front(), inner.getRegionIterArg(0), std::nullopt);
  b.create<scf::YieldOp>(loc, next);
  return inner.getResult(0);
}

/// Adds the sums of the blocks of a long sum. Carries the sum of the blocks and its rounding error.
SmallVector<Value> PlainLoops::walkBlocks(unsigned level, SmallVector<Value> carried) {
  bool cut = level == sumBlocks->level;
  auto loop = b.create<scf::ForOp>(loc, emitter.constant(0), levels[level].value,
                                   emitter.constant(cut ? sumBlocks->each : 1), carried);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value i = loop.getInductionVar();
  SmallVector<Value> next(loop.getRegionIterArgs().begin(), loop.getRegionIterArgs().end());
  if (cut) {
    Value end = b.createOrFold<arith::AddIOp>(loc, i, emitter.constant(sumBlocks->each));
    Part part{i, b.createOrFold<arith::MinUIOp>(loc, end, levels[level].value)};
    std::tie(next[0], next[1]) = nn::addCompensated(
        b, loc, next[0], next[1], walk(ArrayRef(reduced).drop_front(level), initial, part));
  } else {
    loops[reduced[level]] = indices.uniform(i);
    next = walkBlocks(level + 1, next);
  }
  b.create<scf::YieldOp>(loc, next);
  return SmallVector<Value>(loop.getResults().begin(), loop.getResults().end());
}

/// The elements of the result at the current vector.
Value PlainLoops::reduce() {
  for (unsigned i : reduced)
    levels.push_back({sizes[i], extent(i)});
  if (root.isSumOfProducts())
    sumBlocks = blocksOf(levels);
  Type element = space.getElementType();
  initial = root.buildInitial(b, loc, indices.typeOf(element));
  return sumBlocks ? walkBlocks(0, {indices.splat(element, -0.0), initial})[0]
                   : walk(reduced, initial, std::nullopt);
}

void PlainLoops::emit() {
  auto [begin, end] = emitter.share(countUnits(), 64);
  auto loop = b.create<scf::ForOp>(loc, begin, end, emitter.constant(1));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  placeVector(loop.getInductionVar());
  setOutLoops();
  emitter.storeResults(outIndex, {{root->getResult(0), reduce()}}, lanes, mask);
}

void emitPlainContraction(KernelEmitter &emitter) { PlainLoops(emitter).emit(); }

} // namespace nnc
