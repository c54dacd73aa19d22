// ContractEmitter: divides the work into units, which threads share, and orders the tiles.
//
// Without packing a unit is one register tile. With packing it is a panel of vectors and a number
// of row tiles that use it (packed scalars: ContractScalars.cpp). A tile that would extend past the
// end of a dim begins earlier instead: it computes some elements again, which are not stored again.
// So all tiles have one shape, and only lanes are masked.
#include "compiler/lowering/cpu/contract/ContractEmitter.h"
#include "compiler/lowering/cpu/contract/ContractModel.h"
#include "compiler/lowering/cpu/contract/ContractPrefetch.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc {

ContractEmitter::ContractEmitter(KernelEmitter &emitter, nn::ContractionOp root,
                                 const ContractShape &shape, const ContractPlan &given)
    : tiles(emitter, root, shape, given), sums(tiles), emitter(emitter), b(tiles.b), loc(tiles.loc),
      root(root), shape(shape), plan(tiles.plan), memory(tiles.memory), summed(tiles.summed) {}

void ContractEmitter::run() {
  // A batch smaller than the tile is computed with tiles of one.
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    if (!dim.batch || dim.summed || d == plan.lanesDim || plan.tile[d] <= dim.size)
      continue;
    Value enough = b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::uge, extentOf(emitter, dim),
                                           emitter.constant(plan.tile[d]));
    auto branch = b.create<scf::IfOp>(loc, enough, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(branch.thenBlock());
    emitUnits();
    b.setInsertionPointToStart(branch.elseBlock());
    plan.tile[d] = 1;
    emitUnits();
    return;
  }
  emitUnits();
}

void ContractEmitter::emitUnits() {
  slot = scratch = panel = {};
  slot = sums.makeSlots(slotElements(shape, plan) *
                        (isBlocked(shape, plan) ? slotsOf(shape, plan, emitter.target()) : 1));
  if (int64_t elements = epilogueScratch(shape, plan))
    scratch = emitter.stack(elements * (shape.bits / 8));
  if (plan.pack)
    emitPackedUnits();
  else if (plan.packScalars)
    emitScalarPanelUnits();
  else
    emitPlainUnits();
}

/// Below this many units one thread does everything.
int64_t ContractEmitter::grain(int64_t units) const {
  const double slots = double(emitter.target().unitsWorthSharing(emitter.target().slotCycles));
  return std::max<int64_t>(1, int64_t(std::ceil(slots * double(units) / std::max(plan.cost, 1.0))));
}

// Units

int64_t tilesAtExpectedRows(const ContractShape &shape, const ContractPlan &plan,
                            ArrayRef<unsigned> dims) {
  int64_t product = 1;
  for (unsigned d : dims)
    product *=
        llvm::divideCeil(shape.dims[d].size * (shape.dims[d].batch ? shape.rows : 1), plan.tile[d]);
  return product;
}

void ContractEmitter::emitPlainUnits() {
  SmallVector<unsigned> all(tiles.groups);
  all.append(tiles.columns);
  all.push_back(plan.lanesDim);
  all.append(tiles.rows);
  TileOperand scalars, vectors;
  scalars.offsets = tiles.rowOffsets();
  scalars.ranges = tiles.rangesOfRows();
  vectors.offsets = tiles.columnOffsets(true);
  SmallVector<SummedExtent> extents;
  for (unsigned d : summed) {
    const ContractDim &dim = shape.dims[d];
    scalars.strides.push_back(dim.stride(1 - plan.vectors));
    vectors.strides.push_back(dim.stride(plan.vectors));
    extents.push_back({dim.batch ? -1 : dim.size, extentOf(emitter, dim)});
  }
  auto [begin, end] = emitter.share(tiles.count(all), grain(tilesAtExpectedRows(shape, plan, all)));
  tiles.loop(begin, end, 1, [&](Value unit) {
    TilePlace tile(shape);
    tiles.placeAll(tile, all, unit);
    scalars.base = tiles.address(1 - plan.vectors, tile, all, tiles.base(1 - plan.vectors));
    vectors.base = tiles.address(plan.vectors, tile, all, tiles.base(plan.vectors));
    emitPrefetch(emitter, root, shape, plan, tile);
    sums.sumTile(slot, scalars, vectors, tiles.masksOf(tile), extents, tile);
    emitEpilogue(emitter, root, shape, plan, tile, slot, scratch);
  });
}

void ContractEmitter::emitPackedUnits() {
  int64_t steps = 1;
  for (unsigned d : summed)
    steps *= plan.tile[d];
  int64_t vectors = int64_t(tiles.columnOffsets(true).size());
  panel = emitter.stack(panelElements(steps, vectors, plan.lanes) * (shape.bits / 8));

  SmallVector<unsigned> all(tiles.groups);
  all.append(tiles.columns);
  all.push_back(plan.lanesDim);
  Value panels = tiles.count(all), rowTiles = tiles.count(tiles.rows);
  // Enough units for all threads: the row tiles of a panel are divided among them if the panels
  // cannot be divided evenly.
  Value one = emitter.constant(1);
  Value rest = b.createOrFold<arith::RemUIOp>(loc, panels, emitter.threads());
  Value even =
      b.createOrFold<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, rest, emitter.constant(0));
  Value wanted = b.createOrFold<arith::CeilDivUIOp>(
      loc, b.createOrFold<arith::MulIOp>(loc, emitter.threads(), emitter.constant(2)), panels);
  if (isBlocked(shape, plan)) {
    // At most as many row tiles as there are slots, but still equally many units for each thread.
    Value least = b.createOrFold<arith::CeilDivUIOp>(
        loc, rowTiles, emitter.constant(slotsOf(shape, plan, emitter.target())));
    one = least;
    Value whole = b.createOrFold<arith::CeilDivUIOp>(loc, least, emitter.threads());
    wanted = b.createOrFold<arith::MaxUIOp>(
        loc, wanted, b.createOrFold<arith::MulIOp>(loc, whole, emitter.threads()));
  }
  wanted = b.createOrFold<arith::SelectOp>(loc, even, one, wanted);
  Value each = b.createOrFold<arith::CeilDivUIOp>(loc, rowTiles, wanted);
  Value chunks = b.createOrFold<arith::CeilDivUIOp>(loc, rowTiles, each);
  Value units = b.createOrFold<arith::MulIOp>(loc, panels, chunks);

  auto [begin, end] = emitter.share(units, grain(tilesAtExpectedRows(shape, plan, all)));
  tiles.loop(begin, end, 1, [&](Value unit) {
    TilePlace tile(shape);
    tiles.placeAll(tile, all, b.create<arith::DivUIOp>(loc, unit, chunks));
    Value first = b.create<arith::MulIOp>(loc, b.create<arith::RemUIOp>(loc, unit, chunks), each);
    Value last = b.create<arith::MinUIOp>(loc, b.create<arith::AddIOp>(loc, first, each), rowTiles);
    emitPanel({tile, first, last});
  });
}

/// The slot of row tile `number` of the panel.
Value ContractEmitter::slotOf(const Panel &rows, Value number) {
  return memory.at(slot, b.create<arith::SubIOp>(loc, number, rows.firstTile),
                   slotElements(shape, plan));
}

/// Packs the block that begins at addresses `vectorBase` and `scalarBase`. Adds its products to the
/// slots with `accumulate`; otherwise it is the whole sum, and the tiles are completed.
void ContractEmitter::emitPanelProducts(const Panel &rows, Value vectorBase, Value scalarBase,
                                        ArrayRef<SummedExtent> extents, bool accumulate) {
  unsigned block = firstInPanel(shape, plan);
  SmallVector<unsigned> panelDims(tiles.groups);
  panelDims.append(tiles.columns);
  panelDims.push_back(plan.lanesDim);
  SmallVector<unsigned> tileDims(tiles.groups);
  tileDims.append(tiles.rows);

  PanelSource source = tiles.sourceAt(rows.place, panelDims, vectorBase);
  source.extents.assign(extents.begin(), extents.end());
  TileOperand scalars, vectors;
  scalars.pairs = plan.pairs;
  scalars.offsets = tiles.rowOffsets();
  scalars.ranges = tiles.rangesOfRows();
  int64_t width = int64_t(tiles.columnOffsets(true).size()) * plan.lanes;
  for (int64_t offset = 0; offset < width; offset += plan.lanes)
    vectors.offsets.push_back(offset);
  for (unsigned i = block; i < summed.size(); ++i) {
    source.strides.push_back(shape.dims[summed[i]].stride(plan.vectors));
    scalars.strides.push_back(shape.dims[summed[i]].stride(1 - plan.vectors));
    vectors.strides.push_back(width);
  }
  for (unsigned i = vectors.strides.size(); i-- > 1;)
    vectors.strides[i - 1] = vectors.strides[i] * extents[i].known;
  emitPack(emitter, source, panel);
  vectors.base = panel;
  SmallVector<Value> masks(vectors.offsets.size());
  tiles.loop(rows.firstTile, rows.lastTile, 1, [&](Value number) {
    TilePlace tile = rows.place;
    tiles.placeAll(tile, tiles.rows, number);
    scalars.base = tiles.address(1 - plan.vectors, tile, tileDims, scalarBase);
    if (accumulate)
      return sums.addProducts(slotOf(rows, number), scalars, vectors, masks, extents, block);
    emitPrefetch(emitter, root, shape, plan, tile);
    sums.sumTile(slot, scalars, vectors, masks, extents, tile);
    emitEpilogue(emitter, root, shape, plan, tile, slot, scratch);
  });
}

/// Walks the summed dims outside the panel one by one, then blocks of the panel's outermost dim.
void ContractEmitter::emitPanelBlocks(const Panel &rows, MutableArrayRef<SummedExtent> extents) {
  unsigned block = firstInPanel(shape, plan);
  std::function<void(unsigned, Value, Value)> walk = [&](unsigned i, Value vectorBase,
                                                         Value scalarBase) {
    const ContractDim &dim = shape.dims[summed[i]];
    int64_t step = i < block ? 1 : plan.tile[summed[i]];
    tiles.loop(emitter.constant(0), extentOf(emitter, dim), step, [&](Value k) {
      Value vectorsHere = memory.at(vectorBase, k, dim.stride(plan.vectors));
      Value scalarsHere = memory.at(scalarBase, k, dim.stride(1 - plan.vectors));
      if (i < block)
        return walk(i + 1, vectorsHere, scalarsHere);
      if (dim.size % step == 0) {
        extents[0] = {step, emitter.constant(step)};
      } else {
        Value left = b.create<arith::SubIOp>(loc, extentOf(emitter, dim), k);
        extents[0] = {-1, b.create<arith::MinUIOp>(loc, left, emitter.constant(step))};
      }
      emitPanelProducts(rows, vectorsHere, scalarsHere, extents, /*accumulate=*/true);
    });
  };
  walk(0, tiles.base(plan.vectors), tiles.base(1 - plan.vectors));
}

/// Emits the row tiles of a panel.
void ContractEmitter::emitPanel(const Panel &rows) {
  SmallVector<SummedExtent> extents;
  for (unsigned i = firstInPanel(shape, plan); i < summed.size(); ++i)
    extents.push_back({shape.dims[summed[i]].size, extentOf(emitter, shape.dims[summed[i]])});
  if (!isBlocked(shape, plan))
    return emitPanelProducts(rows, tiles.base(plan.vectors), tiles.base(1 - plan.vectors), extents,
                             /*accumulate=*/false);

  int64_t tileElements = slotElements(shape, plan);
  Value count = b.create<arith::SubIOp>(loc, rows.lastTile, rows.firstTile);
  tiles.loop(emitter.constant(0), count, 1, [&](Value number) {
    Value here = memory.at(slot, number, tileElements);
    tiles.loop(emitter.constant(0), emitter.constant(tileElements), plan.lanes, [&](Value i) {
      memory.store(memory.at(here, i, 1), memory.zero());
      if (sums.longBlocks())
        memory.store(memory.at(sums.lostOf(here), i, 1), memory.zero());
    });
  });
  emitPanelBlocks(rows, extents);
  tiles.loop(rows.firstTile, rows.lastTile, 1, [&](Value number) {
    TilePlace tile = rows.place;
    tiles.placeAll(tile, tiles.rows, number);
    Value here = slotOf(rows, number);
    emitEpilogue(emitter, root, shape, plan, tile, here, scratch);
  });
}

} // namespace nnc
