// Packs the scalars' operand. If an operand is walked across its rows, as a weight gradient walks
// the input of its layer down the batch, each step reads one line, and lines at distances of a
// power of two evict each other from the caches. Copied in the order of use, it is one stream. As
// many row tiles are packed at a time as fit the panel; all strips of columns then use them.
#include "compiler/lowering/cpu/contract/ContractEmitter.h"
#include "compiler/lowering/cpu/contract/ContractPrefetch.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc {

bool canPackScalars(const ContractShape &shape, const ContractPlan &plan) {
  unsigned rows = 0, summed = 0, groups = 0;
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    rows += plan.isRow(dim) ? 1 + (dim.stride(1 - plan.vectors) != 1 || dim.batch) : 0;
    summed += dim.summed;
    groups += dim.isGroup();
  }
  return !plan.pack && rows == 1 && summed == 1 && groups == 0;
}

bool paysToPackScalars(const ContractShape &shape, const ContractPlan &plan,
                       const MachineModel &target) {
  if (!canPackScalars(shape, plan))
    return false;
  int64_t bytes = shape.bits / 8, strips = 1, operand = bytes, apart = 0;
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    int64_t extent = dim.size * (dim.batch ? shape.rows : 1);
    if (plan.isColumn(dim))
      strips *= llvm::divideCeil(extent, plan.tile[d]);
    else
      operand *= extent;
    if (dim.summed)
      apart = dim.stride(1 - plan.vectors) * bytes;
  }
  // Copying costs about four slots for the rows of a tile and a step; the products of a strip cost
  // rows * columns.
  return operand >= target.l2Bytes / 4 && apart >= 1024 && strips >= 4;
}

void packScalars(const ContractShape &shape, ContractPlan &plan, const MachineModel &target) {
  plan.packScalars = true;
  int64_t strip = plan.columns(shape) * plan.lanes * shape.bits / 8;
  for (unsigned d : shape.summedDims())
    strip *= shape.dims[d].size * (shape.dims[d].batch ? shape.rows : 1);
  // The other half is for what streams past it (the scalars, weights and their state). A single
  // vector would need loads only. Bench model c: 75 % of the roof with 6 rows of 4 vectors, whose
  // strip is 32 KiB, and 86 % with 12 rows of 2.
  for (; strip > target.l1Bytes / 2 && plan.tile[plan.lanesDim] % (4 * plan.lanes) == 0;
       strip /= 2) {
    plan.tile[plan.lanesDim] /= 2;
    for (auto [d, dim] : llvm::enumerate(shape.dims))
      if (plan.isRow(dim))
        plan.tile[d] = std::min(2 * plan.tile[d], dim.size);
  }
}

/// Copies row tiles firstTile … lastTile - 1 to the panel: for each tile and each step, its rows.
void ContractEmitter::packScalars(Value firstTile, Value lastTile, Value tileElements) {
  unsigned d = tiles.rows[0], operand = 1 - plan.vectors;
  int64_t count = plan.tile[d];
  VectorMemory row(b, loc, tiles.element, count);
  tiles.loop(firstTile, lastTile, 1, [&](Value number) {
    TilePlace tile(shape);
    tiles.place(tile, d, number);
    Value from = memory.at(tiles.base(operand), tile.start[d], 1);
    Value to = memory.at(
        panel,
        b.create<arith::MulIOp>(loc, b.create<arith::SubIOp>(loc, number, firstTile), tileElements),
        1);
    const ContractDim &steps = shape.dims[summed[0]];
    tiles.loop(emitter.constant(0), extentOf(emitter, steps), 1, [&](Value k) {
      row.store(row.at(to, k, count), row.load(row.at(from, k, steps.stride(operand))));
    });
  });
}

void ContractEmitter::emitScalarPanelUnits() {
  const ContractDim &steps = shape.dims[summed[0]];
  // Scalars stay in the second-level cache, a strip of vectors in the first.
  const int64_t panelBytes = emitter.target().packedPanelBytes();
  int64_t count = plan.tile[tiles.rows[0]], room = panelBytes / (shape.bits / 8);
  Value tileElements =
      b.createOrFold<arith::MulIOp>(loc, extentOf(emitter, steps), emitter.constant(count));
  int64_t width = int64_t(tiles.columnOffsets(true).size()) * plan.lanes;
  // A sum that is too long for the panels is computed directly from its operands.
  int64_t longest =
      std::min(room / count, emitter.target().longestStripBytes() / (shape.bits / 8) / width);
  Value fits = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ule, extentOf(emitter, steps),
                                       emitter.constant(longest));
  auto branch = b.create<scf::IfOp>(loc, fits, /*withElseRegion=*/true);
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(branch.elseBlock());
  emitPlainUnits();
  b.setInsertionPointToStart(branch.thenBlock());
  panel = emitter.stack(panelBytes);
  Value strip =
      emitter.stack(panelElements(longest, width / plan.lanes, plan.lanes) * (shape.bits / 8));

  SmallVector<unsigned> stripDims(tiles.columns);
  stripDims.push_back(plan.lanesDim);
  Value strips = tiles.count(stripDims), rowTiles = tiles.along(tiles.rows[0]);
  Value each = b.create<arith::MinUIOp>(
      loc, rowTiles, b.create<arith::DivUIOp>(loc, emitter.constant(room), tileElements));
  Value chunks = b.create<arith::CeilDivUIOp>(loc, rowTiles, each);
  // Equal chunks, so that threads with equally many units have equally much work.
  each = b.create<arith::CeilDivUIOp>(loc, rowTiles, chunks);
  TileOperand scalars, vectors;
  for (int64_t i = 0; i < count; ++i)
    scalars.offsets.push_back(i);
  scalars.strides = {count};
  for (int64_t offset = 0; offset < width; offset += plan.lanes)
    vectors.offsets.push_back(offset);
  vectors.strides = {width};
  vectors.base = strip;
  SmallVector<Value> masks(vectors.offsets.size());
  SummedExtent extent{steps.batch ? -1 : steps.size, extentOf(emitter, steps)};
  auto [begin, end] = emitter.share(b.createOrFold<arith::MulIOp>(loc, chunks, strips),
                                    grain(tilesAtExpectedRows(shape, plan, stripDims)));
  Value first = begin;
  tiles.loop(begin, end, 1, [&](Value unit) {
    Value chunk = b.create<arith::DivUIOp>(loc, unit, strips),
          number = b.create<arith::RemUIOp>(loc, unit, strips);
    Value firstTile = b.create<arith::MulIOp>(loc, chunk, each);
    Value lastTile =
        b.create<arith::MinUIOp>(loc, b.create<arith::AddIOp>(loc, firstTile, each), rowTiles);
    Value isNew = b.create<arith::OrIOp>(
        loc, b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, unit, first),
        b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, number, emitter.constant(0)));
    auto pack = b.create<scf::IfOp>(loc, isNew);
    {
      OpBuilder::InsertionGuard inner(b);
      b.setInsertionPointToStart(pack.thenBlock());
      packScalars(firstTile, lastTile, tileElements);
    }
    TilePlace stripPlace(shape);
    tiles.placeAll(stripPlace, stripDims, number);
    PanelSource source = tiles.sourceAt(stripPlace, stripDims, tiles.base(plan.vectors));
    source.extents = {extent};
    source.strides = {steps.stride(plan.vectors)};
    emitPack(emitter, source, strip);
    tiles.loop(firstTile, lastTile, 1, [&](Value number) {
      TilePlace tile = stripPlace;
      tiles.place(tile, tiles.rows[0], number);
      Value inPanel = b.create<arith::MulIOp>(loc, b.create<arith::SubIOp>(loc, number, firstTile),
                                              tileElements);
      scalars.base = memory.at(panel, inPanel, 1);
      emitPrefetch(emitter, root, shape, plan, tile);
      sums.sumTile(slot, scalars, vectors, masks, {extent}, tile);
      emitEpilogue(emitter, root, shape, plan, tile, slot, scratch);
    });
  });
}

} // namespace nnc
