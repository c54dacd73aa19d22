// The generator of reduction kernels. The state of each reduction is kept in registers while the
// reduced dimensions are walked.
//
// Lanes run along one of two things. The choice depends only on the shapes (the cheaper one), so
// sums never depend on what was fused into the kernel:
//   kept      the last kept dim: each lane holds the state of another result, and lanes are never
//             combined. For column sums.
//   reduced   the last reduced dims, as one run: lane l takes elements l, l + lanes, …; at the end
//             the upper half of the lanes is merged into the lower until one is left. For row sums,
//             sums over pixels and sums over whole tensors.
//
// If a reduction would lose digits over many elements, its walk is split into blocks (LongSums.h).
#include "compiler/lowering/cpu/Generators.h"
#include "compiler/lowering/cpu/ReductionEmitter.h"
#include "compiler/lowering/cpu/elements/IterationSpace.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

/// The cost relative to a contiguous load of a vector.
constexpr int64_t gatherCost = 8;
/// Pieces with at least this many elements leave time to fetch the next one.
constexpr int64_t shortPiece = 64;

ReductionEmitter::ReductionEmitter(KernelEmitter &emitter)
    : emitter(emitter), b(emitter.builder()), loc(emitter.location()) {
  for (Operation *root : emitter.kernel().getRoots())
    roots.push_back(cast<nn::ReductionOp>(root));
  type = cast<RankedTensorType>(roots[0]->getOperand(0).getType());
  lanes = emitter.target().lanesOf(type.getElementType());
  reducedDims.assign(roots[0].getReducedDims().begin(), roots[0].getReducedDims().end());
  for (unsigned dim = 0; dim < type.getRank(); ++dim)
    if (!isReduced(dim))
      keptDims.push_back(dim);
}

/// Whether neighbours along `last` are adjacent in memory.
bool ReductionEmitter::isContiguous(unsigned last) const {
  for (unsigned dim = last + 1; dim < type.getRank(); ++dim)
    if (type.getDimSize(dim) != 1)
      return false;
  return true;
}

void ReductionEmitter::chooseLanes() {
  unsigned lastReduced = reducedDims.back(), firstReduced = lastReduced;
  while (firstReduced > 0 && isReduced(firstReduced - 1))
    --firstReduced;
  laneDims = {firstReduced, lastReduced};
  alongReduced = true;
  if (keptDims.empty())
    return;

  int64_t run = 1, others = 1;
  for (int64_t dim : reducedDims)
    (dim >= firstReduced ? run : others) *= extent(dim);
  unsigned lastKept = keptDims.back();
  // The cost of one result, in contiguous vector loads. Merging the lanes costs about 2
  // log2(lanes).
  double alongKept = double(run * others * (isContiguous(lastKept) ? 1 : gatherCost)) /
                     std::min(extent(lastKept), lanes);
  double alongRun =
      double(others * llvm::divideCeil(run, lanes) * (isContiguous(lastReduced) ? 1 : gatherCost)) +
      2 * llvm::Log2_64(lanes);
  if (alongKept <= alongRun) {
    alongReduced = false;
    laneDims = {lastKept, lastKept};
  }
}

void ReductionEmitter::emit() {
  chooseLanes();
  if (alongReduced)
    emitReduced();
  else
    emitKept();
}

template <class Each>
ReductionEmitter::State ReductionEmitter::forEachRoot(const State &state, Each each) {
  State result;
  size_t at = 0;
  for (nn::ReductionOp root : roots) {
    Type element = cast<ShapedType>(root->getResult(0).getType()).getElementType();
    size_t size = root.buildInitial(b, loc, element).size();
    llvm::append_range(result, each(root, ValueRange(state).slice(at, size)));
    at += size;
  }
  return result;
}

ReductionEmitter::State ReductionEmitter::initial() {
  State state;
  for (nn::ReductionOp root : roots) {
    Type element = cast<ShapedType>(root->getResult(0).getType()).getElementType();
    Type kind = lanes == 1 ? element : VectorType::get({lanes}, element);
    llvm::append_range(state, root.buildInitial(b, loc, kind));
  }
  return state;
}

/// The state after the element at `index`. Lanes outside `mask` keep their state.
ReductionEmitter::State ReductionEmitter::accumulate(ElementScope &point, ArrayRef<Index> index,
                                                     const State &state, Value mask) {
  State next = forEachRoot(state, [&](nn::ReductionOp root, ValueRange own) {
    Value number;
    if (root.needsIndex()) {
      Index linear = point.constant(0);
      for (int64_t dim : reducedDims)
        linear = point.add(
            type.isDynamicDim(dim) ? linear : point.mul(linear, type.getDimSize(dim)), index[dim]);
      number = point.toElement(linear, type.getElementType());
    }
    return root.buildAccumulate(b, loc, own, point.at(root->getOperand(0), index), number);
  });
  if (mask)
    for (auto [now, before] : llvm::zip(next, state))
      now = b.create<arith::SelectOp>(loc, mask, now, before);
  return next;
}

ReductionEmitter::State ReductionEmitter::mergeLanes(State state) {
  for (int64_t half = lanes / 2; half >= 1; half /= 2) {
    State low, high;
    for (Value v : state) {
      low.push_back(b.create<vector::ExtractStridedSliceOp>(loc, v, int64_t(0), half, int64_t(1)));
      high.push_back(b.create<vector::ExtractStridedSliceOp>(loc, v, half, half, int64_t(1)));
    }
    size_t at = 0;
    state = forEachRoot(low, [&](nn::ReductionOp root, ValueRange left) {
      ValueRange right = ValueRange(high).slice(at, left.size());
      at += left.size();
      return root.buildMerge(b, loc, left, right);
    });
  }
  for (Value &v : state)
    v = b.create<vector::ExtractOp>(loc, v, ArrayRef<int64_t>{0});
  return state;
}

SmallVector<KernelEmitter::Known> ReductionEmitter::finish(const State &state) {
  SmallVector<KernelEmitter::Known> known;
  forEachRoot(state, [&](nn::ReductionOp root, ValueRange own) {
    known.push_back({root->getResult(0), root.buildFinal(b, loc, own)});
    return State();
  });
  return known;
}

SmallVector<Index> ReductionEmitter::keptIndex(ArrayRef<Index> index) {
  return llvm::map_to_vector(keptDims, [&](unsigned dim) { return index[dim]; });
}

/// With fewer units than this, one thread does everything.
static int64_t grain(const MachineModel &target, int64_t vectorsPerUnit) {
  return std::max<int64_t>(2,
                           target.unitsWorthSharing(target.reducedVectorCycles) / vectorsPerUnit);
}

void ReductionEmitter::emitKept() {
  Value laneExtent = extentOf(emitter, type, laneDims);
  bool whole = isWhole(type, laneDims, lanes);
  // Process adjacent vectors together: this uses more of each row, and the sums do not wait for
  // each other.
  int64_t group = isWhole(type, laneDims, 4 * lanes) ? 4 : 1;
  SmallVector<unsigned> outer(ArrayRef<unsigned>(keptDims).drop_back());
  int64_t step = group * lanes;
  Value blocks = b.createOrFold<arith::DivUIOp>(
      loc, b.createOrFold<arith::AddIOp>(loc, laneExtent, emitter.constant(step - 1)),
      emitter.constant(step));
  Value units = blocks;
  for (unsigned dim : outer)
    units = b.createOrFold<arith::MulIOp>(loc, units, emitter.extent(type, dim));
  int64_t perUnit = group;
  for (int64_t dim : reducedDims)
    perUnit *= extent(dim);
  auto [begin, end] = emitter.share(units, grain(emitter.target(), perUnit));
  auto loop = b.create<scf::ForOp>(loc, begin, end, emitter.constant(1));

  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  Value unit = loop.getInductionVar(), block = unit;
  ElementScope indices(emitter, b, lanes);
  SmallVector<Index> index(type.getRank(), indices.uniform(unit));
  if (!outer.empty()) {
    Value number = b.createOrFold<arith::DivUIOp>(loc, unit, blocks);
    block = b.createOrFold<arith::RemUIOp>(loc, unit, blocks);
    splitUniform(indices, type, outer, number, index);
  }
  Value base = b.createOrFold<arith::MulIOp>(loc, block, emitter.constant(step));
  Value mask = whole ? Value() : emitter.tailMask(base, laneExtent, lanes);
  SmallVector<unsigned> dims(reducedDims.begin(), reducedDims.end());
  vectors = group;
  size_t size = initial().size();
  auto stateOf = [&](const State &all, int64_t vector) {
    return State(all.begin() + vector * size, all.begin() + (vector + 1) * size);
  };
  auto point = [&](State inner) {
    State next;
    for (int64_t vector = 0; vector < group; ++vector) {
      ElementScope point(emitter, b, lanes, mask);
      index[laneDims.first] = vectorAt(indices, base, vector * lanes, step);
      llvm::append_range(next, accumulate(point, index, stateOf(inner, vector), {}));
    }
    return next;
  };
  Nest nest{dims, index, point, nullptr};
  State state = walkAll(nest);
  for (int64_t vector = 0; vector < group; ++vector) {
    Value first = b.createOrFold<arith::AddIOp>(loc, base, emitter.constant(vector * lanes));
    index[laneDims.first] = Index::affine(first, lanes == 1 ? 0 : 1, lanes);
    emitter.storeResults(keptIndex(index), finish(stateOf(state, vector)), lanes, mask);
  }
}

void ReductionEmitter::emitReduced() {
  Value laneExtent = extentOf(emitter, type, laneDims);
  bool whole = isWhole(type, laneDims, lanes);
  Value units = emitter.constant(1);
  for (unsigned dim : keptDims)
    units = b.createOrFold<arith::MulIOp>(loc, units, emitter.extent(type, dim));
  int64_t perUnit = 1;
  for (int64_t dim : reducedDims)
    perUnit *= extent(dim);
  auto [begin, end] =
      emitter.share(units, grain(emitter.target(), llvm::divideCeil(perUnit, lanes)));
  auto loop = b.create<scf::ForOp>(loc, begin, end, emitter.constant(1));

  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  ElementScope indices(emitter, b, lanes);
  SmallVector<Index> index(type.getRank(), indices.uniform(loop.getInductionVar()));
  splitUniform(indices, type, keptDims, loop.getInductionVar(), index);
  SmallVector<unsigned> dims;
  for (int64_t dim : reducedDims)
    if (dim < laneDims.first)
      dims.push_back(dim);
  SmallVector<int64_t> strides = rowMajorStrides(type.getShape());
  // The sum of a channel over a large batch of images walks a piece of each image, which is too
  // short for the hardware prefetcher.
  bool jumps = dims.size() == 1 && dims[0] == 0 && type.isDynamicDim(0) &&
               staticExtent(type, laneDims).value_or(0) >= shortPiece &&
               strides[0] * extent(0) * int64_t(type.getElementTypeBitWidth() / 8) >
                   emitter.target().l2Bytes;
  auto alongRun = [&](Value base, State inner) {
    Value mask = whole ? Value() : emitter.tailMask(base, laneExtent, lanes);
    ElementScope point(emitter, b, lanes, mask);
    splitLanes(point, type, laneDims, vectorAt(point, base, 0, lanes), index);
    Index linear =
        point.mul(Index::affine(base, lanes == 1 ? 0 : 1, lanes), strides[laneDims.last]);
    for (unsigned dim = 0; dim < type.getRank(); ++dim)
      if (dim < laneDims.first || dim > laneDims.last)
        linear = point.add(point.mul(index[dim], strides[dim]), linear);
    point.setLinear(index, type.getShape(), linear);
    if (jumps)
      point.askForNextExample();
    return accumulate(point, index, inner, mask);
  };
  // Blocks count vectors. The loop itself counts elements, from which its mask is computed.
  auto run = [&](Value from, Value to, State state) {
    auto elements = [&](Value n) {
      return b.createOrFold<arith::MulIOp>(loc, n, emitter.constant(lanes));
    };
    Value end = b.createOrFold<arith::MinUIOp>(loc, elements(to), laneExtent);
    return this->loop(elements(from), end, emitter.constant(lanes), std::move(state), alongRun);
  };
  Nest nest{dims, index, nullptr, run, /*hasRun=*/true};
  State state = mergeLanes(walkAll(nest));
  SmallVector<Index> kept = llvm::map_to_vector(
      keptDims, [&](unsigned dim) { return Index::affine(index[dim].getBase(), 0); });
  emitter.storeResults(kept, finish(state), 1);
}

void emitReduction(KernelEmitter &emitter) { ReductionEmitter(emitter).emit(); }

} // namespace nnc
