// Emits the sums of tiles, whole or in blocks.
#include "compiler/lowering/cpu/contract/ContractSums.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

#include <functional>

using namespace mlir;

namespace nnc {

ContractSums::ContractSums(ContractTiles &tiles)
    : tiles(tiles), emitter(tiles.emitter), b(tiles.b), loc(tiles.loc), shape(tiles.shape),
      plan(tiles.plan), memory(tiles.memory) {
  ArrayRef<unsigned> summed = tiles.summed;
  SmallVector<SumLevel> levels;
  for (unsigned d : summed)
    levels.push_back({shape.dims[d].batch ? -1 : shape.dims[d].size, Value()});
  blocks = blocksOf(levels);
  if (!blocks || !isBlocked(shape, plan))
    return;
  unsigned cut = summed[blocks->level];
  const ContractDim &dim = shape.dims[cut];
  if (firstInPanel(shape, plan) > blocks->level) {
    for (unsigned d : summed.drop_front(blocks->level + 1))
      plan.tile[d] = shape.dims[d].size;
    plan.tile[cut] = blocks->each;
  } else if (firstInPanel(shape, plan) == blocks->level &&
             (dim.batch || plan.tile[cut] < dim.size)) {
    plan.tile[cut] = std::max(blocks->each, plan.tile[cut] / blocks->each * blocks->each);
  }
}

Value ContractSums::makeSlots(int64_t slots) {
  int64_t bytes = shape.bits / 8;
  slotBytes = slots * bytes;
  int64_t elements = blocks ? 2 * slots : slots;
  return elements ? emitter.stack(elements * bytes) : Value();
}

Value ContractSums::lostOf(Value here) { return memory.at(here, slotBytes / (shape.bits / 8)); }

void ContractSums::sumTile(Value here, const TileOperand &scalars, const TileOperand &vectors,
                           ArrayRef<Value> masks, ArrayRef<SummedExtent> extents,
                           const TilePlace &tile) {
  SmallVector<SummedExtent> needed = tiles.withoutPadding(tile, extents);
  SmallVector<Value> zeros(scalars.offsets.size() * vectors.offsets.size(), memory.zero());
  if (!blocks)
    return storeSums(here, emitProducts(emitter, tiles.element, plan.lanes, scalars, vectors, masks,
                                        needed, plan.unroll, zeros));
  // Blocks include their padding: the products that are skipped depend on the tile, but the ends of
  // blocks must not.
  for (unsigned i = 0; i <= blocks->level; ++i)
    needed[i] = extents[i];
  auto clear = [&] {
    storeSums(here, zeros);
    storeSums(lostOf(here), zeros);
  };
  if (Value single = isSingleBlock()) {
    auto branch = b.create<scf::IfOp>(loc, single, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.elseBlock());
    clear();
  } else {
    clear();
  }
  addBlocks(here, scalars, vectors, masks, needed, blocks->level);
}

void ContractSums::addProducts(Value here, const TileOperand &scalars, const TileOperand &vectors,
                               ArrayRef<Value> masks, ArrayRef<SummedExtent> extents,
                               unsigned block) {
  if (blocks)
    return addBlocks(here, scalars, vectors, masks, extents, blocks->level - block);
  SmallVector<Value> sums(scalars.offsets.size() * vectors.offsets.size());
  loadSums(here, sums);
  storeSums(here, emitProducts(emitter, tiles.element, plan.lanes, scalars, vectors, masks, extents,
                               plan.unroll, std::move(sums)));
}

/// Whether the batch is only one block, which is then the sum. Null: it never is.
Value ContractSums::isSingleBlock() {
  if (blocks->level != 0 || !shape.dims[tiles.summed[0]].batch)
    return {};
  Value extent = extentOf(emitter, shape.dims[tiles.summed[0]]);
  return b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::ule, extent,
                                       emitter.constant(blocks->each));
}

/// Adds the products over `extents` to the slot. A block is a number of iterations of `level`.
void ContractSums::addBlocks(Value here, const TileOperand &scalars, const TileOperand &vectors,
                             ArrayRef<Value> masks, ArrayRef<SummedExtent> extents,
                             unsigned level) {
  const SummedExtent &cut = extents[level];
  TileOperand innerScalars = scalars, innerVectors = vectors;
  innerScalars.strides.erase(innerScalars.strides.begin(), innerScalars.strides.begin() + level);
  innerVectors.strides.erase(innerVectors.strides.begin(), innerVectors.strides.begin() + level);
  std::function<void(unsigned, Value, Value)> walk = [&](unsigned i, Value scalarBase,
                                                         Value vectorBase) {
    tiles.loop(emitter.constant(0), extents[i].value, i < level ? 1 : blocks->each, [&](Value k) {
      Value scalarsHere = memory.at(scalarBase, k, scalars.strides[i]);
      Value vectorsHere = memory.at(vectorBase, k, vectors.strides[i]);
      if (i < level)
        return walk(i + 1, scalarsHere, vectorsHere);
      SmallVector<SummedExtent> part(extents.drop_front(level));
      part[0] = {blocks->each, emitter.constant(blocks->each)};
      if (cut.known < 0 || cut.known % blocks->each) {
        Value left = b.create<arith::SubIOp>(loc, cut.value, k);
        part[0] = {-1, b.create<arith::MinUIOp>(loc, left, emitter.constant(blocks->each))};
      }
      innerScalars.base = scalarsHere;
      innerVectors.base = vectorsHere;
      SmallVector<Value> zeros(scalars.offsets.size() * vectors.offsets.size(), memory.zero());
      addBlock(here, emitProducts(emitter, tiles.element, plan.lanes, innerScalars, innerVectors,
                                  masks, part, plan.unroll, zeros));
    });
  };
  walk(0, scalars.base, vectors.base);
}

void ContractSums::addBlock(Value here, ArrayRef<Value> sums) {
  auto add = [&] {
    SmallVector<Value> before(sums.size()), lost(sums.size());
    loadSums(here, before);
    loadSums(lostOf(here), lost);
    for (auto [sum, gone, block] : llvm::zip(before, lost, sums))
      std::tie(sum, gone) = nn::addCompensated(b, loc, sum, gone, block);
    storeSums(here, before);
    storeSums(lostOf(here), lost);
  };
  Value single = isSingleBlock();
  if (!single)
    return add();
  auto branch = b.create<scf::IfOp>(loc, single, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.thenBlock());
  storeSums(here, sums);
  b.setInsertionPointToStart(branch.elseBlock());
  add();
}

// In the slot, each row has its own vector, whether it is paired or not.
void ContractSums::loadSums(Value from, SmallVectorImpl<Value> &sums) {
  auto row = [&](int64_t i) { return memory.load(memory.at(from, i * plan.lanes)); };
  if (!plan.pairs) {
    for (auto [i, sum] : llvm::enumerate(sums))
      sum = row(int64_t(i));
    return;
  }
  int64_t apart;
  for (auto [sum, first] : llvm::zip(sums, tiles.pairsOfRows(apart)))
    sum = memory.interleave(row(first), row(first + apart));
}

void ContractSums::storeSums(Value to, ArrayRef<Value> sums) {
  auto store = [&](int64_t i, Value sum) { memory.store(memory.at(to, i * plan.lanes), sum); };
  if (!plan.pairs) {
    for (auto [i, sum] : llvm::enumerate(sums))
      store(int64_t(i), sum);
    return;
  }
  int64_t apart;
  for (auto [sum, first] : llvm::zip(sums, tiles.pairsOfRows(apart))) {
    store(first, memory.everyOther(sum, 0));
    store(first + apart, memory.everyOther(sum, 1));
  }
}

} // namespace nnc
