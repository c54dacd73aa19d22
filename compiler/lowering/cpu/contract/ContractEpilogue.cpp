// Implements emitEpilogue with loops over the tile, so that the kernel's ops are emitted once. If
// the lanes' dim is not the contiguous dim of the result, the sums are transposed first, and the
// lanes of the epilogue run along the contiguous dim.
#include "compiler/lowering/cpu/contract/ContractEpilogue.h"
#include "compiler/lowering/cpu/elements/ElementScope.h"
#include "compiler/lowering/cpu/elements/Transpose.h"
#include "compiler/lowering/cpu/elements/VectorMemory.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;
using nnc::nn::Index;

namespace nnc {

Value extentOf(KernelEmitter &emitter, const ContractDim &dim) {
  if (!dim.batch)
    return emitter.constant(dim.size);
  if (dim.size == 1)
    return emitter.rows();
  return emitter.builder().create<arith::MulIOp>(emitter.location(), emitter.rows(),
                                                 emitter.constant(dim.size));
}

int64_t slotElements(const ContractShape &shape, const ContractPlan &plan) {
  return plan.rows(shape) * plan.columns(shape) * plan.lanes;
}

/// The contiguous dim of the result, if the lanes run along another dim and the tile is wide enough
/// along it to fill vectors.
static std::optional<unsigned> transposedDim(const ContractShape &shape, const ContractPlan &plan) {
  if (shape.dims[plan.lanesDim].out == 1)
    return std::nullopt;
  for (auto [i, dim] : llvm::enumerate(shape.dims))
    if (plan.isRow(dim) && dim.out == 1 && plan.tile[i] >= plan.lanes / 4 && plan.tile[i] > 1)
      return unsigned(i);
  return std::nullopt;
}

int64_t epilogueScratch(const ContractShape &shape, const ContractPlan &plan) {
  if (auto dim = transposedDim(shape, plan))
    return plan.tile[plan.lanesDim] * llvm::alignTo(plan.tile[*dim], plan.lanes);
  return 0;
}

namespace {

/// Up to this many vectors of a row have their epilogues emitted side by side instead of in a loop.
/// Bounds the size of the code.
constexpr int64_t mostSideBySide = 4;

class Epilogue {
public:
  Epilogue(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
           const ContractPlan &plan, const TilePlace &place, Value scratch)
      : emitter(emitter), b(emitter.builder()), loc(emitter.location()), root(root), shape(shape),
        plan(plan), place(place), scratch(scratch), lanes(plan.lanes),
        memory(b, loc, cast<RankedTensorType>(root->getResult(0).getType()).getElementType(),
               lanes) {}

  void run(Value slot) {
    transposed = transposedDim(shape, plan);
    slotStride.assign(shape.dims.size(), 0);
    for (auto [i, dim] : llvm::enumerate(shape.dims))
      if (i != plan.lanesDim && plan.isColumn(dim))
        box.push_back(i);
    for (auto [i, dim] : llvm::enumerate(shape.dims))
      if (plan.isRow(dim))
        rows.push_back(i);
    int64_t stride = plan.tile[plan.lanesDim];
    for (unsigned i : llvm::reverse(box)) {
      slotStride[i] = stride;
      stride *= plan.tile[i];
    }
    for (unsigned i : llvm::reverse(rows)) {
      slotStride[i] = stride;
      stride *= plan.tile[i];
    }
    box.insert(box.begin(), rows.begin(), rows.end());
    if (transposed)
      llvm::erase(box, *transposed);
    index.assign(place.start.begin(), place.start.end());
    walk(0, slot);
  }

private:
  void walk(unsigned level, Value slot) {
    if (level == box.size())
      return transposed ? storeTransposed(slot) : storeStraight(slot);
    unsigned d = box[level];
    if (plan.tile[d] == 1)
      return walk(level + 1, slot);
    Value first = place.first[d] ? place.first[d] : emitter.constant(0);
    loop(first, emitter.constant(plan.tile[d]), [&](Value i) {
      index[d] = b.createOrFold<arith::AddIOp>(loc, place.start[d], i);
      walk(level + 1, memory.at(slot, i, slotStride[d]));
    });
  }

  bool lanesAreExact() const {
    const ContractDim &dim = shape.dims[plan.lanesDim];
    return dim.size % lanes == 0;
  }

  /// How many of `count` vectors from the start of the tile have a lane that exists.
  Value existing(int64_t count) {
    const ContractDim &dim = shape.dims[plan.lanesDim];
    if (dim.size % (count * lanes) == 0 ||
        (!dim.batch && llvm::divideCeil(dim.size, lanes) == uint64_t(count)))
      return emitter.constant(count);
    Value left =
        b.createOrFold<arith::SubIOp>(loc, extentOf(emitter, dim), place.start[plan.lanesDim]);
    Value vectors = b.createOrFold<arith::CeilDivUIOp>(loc, left, emitter.constant(lanes));
    return b.createOrFold<arith::MinUIOp>(loc, vectors, emitter.constant(count));
  }

  void storeStraight(Value slot) {
    unsigned d = plan.lanesDim;
    int64_t vectors = plan.tile[d] / lanes;
    auto storeVector = [&](Value offset, Value address) {
      index[d] = b.createOrFold<arith::AddIOp>(loc, place.start[d], offset);
      Value mask;
      if (!lanesAreExact())
        mask = emitter.tailMask(index[d], extentOf(emitter, shape.dims[d]), lanes);
      store(d, memory.load(address), mask, /*divisor=*/lanes);
    };
    // Side by side, the vectors of a row share addresses, and their latencies overlap.
    if (shape.dims[d].size % plan.tile[d] == 0 && vectors <= mostSideBySide) {
      for (int64_t j = 0; j < vectors; ++j)
        storeVector(emitter.constant(j * lanes), memory.at(slot, j * lanes));
      return;
    }
    loop(emitter.constant(0), existing(vectors), [&](Value j) {
      Value offset = b.createOrFold<arith::MulIOp>(loc, j, emitter.constant(lanes));
      storeVector(offset, memory.at(slot, offset, 1));
    });
  }

  void storeTransposed(Value slot) {
    unsigned d = plan.lanesDim, u = *transposed;
    int64_t vectors = plan.tile[d] / lanes, run = plan.tile[u], width = llvm::alignTo(run, lanes);
    for (int64_t i = 0; i < width; i += lanes)
      loop(emitter.constant(0), emitter.constant(vectors), [&](Value j) {
        Value from = memory.at(memory.at(slot, j, lanes), i * slotStride[u]);
        Value to = memory.at(memory.at(scratch, j, lanes * width), i);
        SmallVector<Value> square;
        for (int64_t k = 0; k < lanes; ++k)
          square.push_back(i + k < run ? memory.load(memory.at(from, k * slotStride[u]))
                                       : memory.zero());
        SmallVector<Value> turned = transposeSquare(b, loc, square);
        // Store nothing for lanes that never exist.
        const ContractDim &along = shape.dims[d];
        int64_t most = along.batch || vectors > 1 ? lanes : std::min(along.size, lanes);
        for (auto [k, vector] : llvm::enumerate(ArrayRef(turned).take_front(most)))
          memory.store(memory.at(to, int64_t(k) * width), vector);
      });
    Value left =
        b.createOrFold<arith::SubIOp>(loc, extentOf(emitter, shape.dims[d]), place.start[d]);
    left = b.createOrFold<arith::MinUIOp>(loc, left, emitter.constant(plan.tile[d]));
    loop(emitter.constant(0), left, [&](Value v) {
      index[d] = b.createOrFold<arith::AddIOp>(loc, place.start[d], v);
      Value from = memory.at(scratch, v, width);
      for (int64_t i = 0; i < width; i += lanes) {
        index[u] = b.createOrFold<arith::AddIOp>(loc, place.start[u], emitter.constant(i));
        Value mask;
        if (i + lanes > run)
          mask = emitter.tailMask(emitter.constant(i), emitter.constant(run), lanes);
        if (place.first[u])
          mask = both(mask, lanesFrom(emitter.constant(i), place.first[u]));
        const ContractDim &dim = shape.dims[u];
        bool aligned = !place.first[u] && plan.tile[u] % lanes == 0 && dim.size % lanes == 0;
        store(u, memory.load(memory.at(from, i)), mask, aligned ? lanes : 1);
      }
    });
  }

  /// The lanes with base + lane >= first.
  Value lanesFrom(Value base, Value first) {
    // tailMask() requires that the limit is not below its base.
    Value limit = b.createOrFold<arith::MaxUIOp>(loc, base, first);
    Value below = emitter.tailMask(base, limit, lanes);
    Value ones = b.create<arith::ConstantOp>(
        loc, DenseElementsAttr::get(cast<VectorType>(below.getType()), true));
    return b.create<arith::XOrIOp>(loc, below, ones);
  }
  Value both(Value x, Value y) { return x ? b.create<arith::AndIOp>(loc, x, y) : y; }

  /// Stores `sums`, whose lanes run along dim `along` of the shape, starting at index[along].
  void store(unsigned along, Value sums, Value mask, int64_t divisor) {
    auto scope = emitter.scope(lanes, mask);
    auto at = [&](unsigned d) {
      return d == along ? Index::affine(index[d], 1, divisor) : Index::affine(index[d], 0);
    };
    auto space = cast<RankedTensorType>(root->getResult(0).getType());
    SmallVector<Index> position(space.getRank(), scope->constant(0));
    Index linear = scope->constant(0);
    for (auto [d, dim] : llvm::enumerate(shape.dims)) {
      if (dim.summed)
        continue;
      linear = scope->add(linear, scope->mul(at(d), dim.out));
      // The index of a merged dim determines the index of each of its loops.
      Index rest = at(d);
      for (unsigned i = dim.loops.size(); i-- > 0;) {
        unsigned loop = dim.loops[i];
        auto [entry, step] = shape.outEntries[loop];
        Index part = i ? scope->mod(rest, shape.loopSizes[loop]) : rest;
        position[entry] = scope->add(position[entry], scope->mul(part, step));
        if (i)
          rest = scope->floorDiv(rest, shape.loopSizes[loop]);
      }
    }
    emitter.storeResults(position, {{root->getResult(0), sums}}, lanes, mask, linear);
  }

  void loop(Value from, Value to, llvm::function_ref<void(Value)> body) {
    auto loop = b.create<scf::ForOp>(loc, from, to, emitter.constant(1));
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(loop.getBody());
    body(loop.getInductionVar());
  }

  KernelEmitter &emitter;
  OpBuilder &b;
  Location loc;
  nn::ContractionOp root;
  const ContractShape &shape;
  const ContractPlan &plan;
  const TilePlace &place;
  Value scratch;
  int64_t lanes;
  VectorMemory memory;
  std::optional<unsigned> transposed;
  SmallVector<unsigned> rows, box;
  SmallVector<int64_t> slotStride;
  SmallVector<Value> index;
};

} // namespace

void emitEpilogue(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                  const ContractPlan &plan, const TilePlace &place, Value slot, Value scratch) {
  Epilogue(emitter, root, shape, plan, place, scratch).run(slot);
}

} // namespace nnc
