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
                                 const ContractShape &shape, const ContractPlan &plan)
    : emitter(emitter), b(emitter.builder()), loc(emitter.location()), root(root), shape(shape),
      plan(plan), element(cast<RankedTensorType>(root->getResult(0).getType()).getElementType()),
      memory(b, loc, element, plan.lanes), summed(shape.summedDims()) {
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    if (dim.summed || d == plan.lanesDim)
      continue;
    (plan.isRow(dim) ? rows : plan.isColumn(dim) ? columns : groups).push_back(d);
  }
  cutLongSums();
}

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
  int64_t bytes = shape.bits / 8;
  slot = scratch = panel = {};
  auto stack = [&](int64_t elements) {
    return elements ? emitter.stack(elements * bytes) : Value();
  };
  int64_t slots = slotElements(shape, plan) *
                  (isBlocked(shape, plan) ? slotsOf(shape, plan, emitter.target()) : 1);
  slotBytes = slots * bytes;
  slot = stack(blocks ? 2 * slots : slots);
  scratch = stack(epilogueScratch(shape, plan));
  if (plan.pack)
    emitPackedUnits();
  else if (plan.packScalars)
    emitScalarPanelUnits();
  else
    emitPlainUnits();
}

// Places

bool ContractEmitter::isExact(unsigned d) const { return shape.dims[d].size % plan.tile[d] == 0; }

Value ContractEmitter::tilesAlong(unsigned d) {
  if (!shape.dims[d].batch)
    return emitter.constant(llvm::divideCeil(shape.dims[d].size, plan.tile[d]));
  return b.createOrFold<arith::CeilDivUIOp>(loc, extentOf(emitter, shape.dims[d]),
                                            emitter.constant(plan.tile[d]));
}

Value ContractEmitter::tilesOf(ArrayRef<unsigned> dims) {
  Value product = emitter.constant(1);
  for (unsigned d : dims)
    product = b.createOrFold<arith::MulIOp>(loc, product, tilesAlong(d));
  return product;
}

void ContractEmitter::place(TilePlace &tile, unsigned d, Value number) {
  Value start = b.createOrFold<arith::MulIOp>(loc, number, emitter.constant(plan.tile[d]));
  tile.start[d] = start;
  if (isExact(d) || d == plan.lanesDim)
    return;
  Value last = b.create<arith::SubIOp>(loc, extentOf(emitter, shape.dims[d]),
                                       emitter.constant(plan.tile[d]));
  tile.start[d] = b.create<arith::MinUIOp>(loc, start, last);
  tile.first[d] = b.create<arith::SubIOp>(loc, start, tile.start[d]);
}

/// `number` counts tiles over `dims`; the last dim varies fastest.
void ContractEmitter::placeAll(TilePlace &tile, ArrayRef<unsigned> dims, Value number) {
  for (unsigned i = dims.size(); i-- > 0;) {
    bool single = !shape.dims[dims[i]].batch && plan.tile[dims[i]] >= shape.dims[dims[i]].size;
    if (single) {
      place(tile, dims[i], emitter.constant(0));
      continue;
    }
    Value tiles = i ? tilesAlong(dims[i]) : Value();
    place(tile, dims[i], i ? b.createOrFold<arith::RemUIOp>(loc, number, tiles) : number);
    if (i)
      number = b.createOrFold<arith::DivUIOp>(loc, number, tiles);
  }
}

// One tile

Value ContractEmitter::base(unsigned operand) {
  return emitter.input(operand ? root.getRight() : root.getLeft()).base;
}

Value ContractEmitter::address(unsigned operand, const TilePlace &tile, ArrayRef<unsigned> dims,
                               Value from) {
  for (unsigned d : dims)
    from = memory.at(from, tile.start[d], shape.dims[d].stride(operand));
  return from;
}

void ContractEmitter::loop(Value from, Value to, int64_t by, llvm::function_ref<void(Value)> body) {
  auto loop = b.create<scf::ForOp>(loc, from, to, emitter.constant(by));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
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
  SmallVector<unsigned> all(groups);
  all.append(columns);
  all.push_back(plan.lanesDim);
  all.append(rows);
  TileOperand scalars, vectors;
  scalars.offsets = rowOffsets();
  scalars.ranges = rangesOfRows();
  vectors.offsets = columnOffsets(true);
  SmallVector<SummedExtent> extents;
  for (unsigned d : summed) {
    const ContractDim &dim = shape.dims[d];
    scalars.strides.push_back(dim.stride(1 - plan.vectors));
    vectors.strides.push_back(dim.stride(plan.vectors));
    extents.push_back({dim.batch ? -1 : dim.size, extentOf(emitter, dim)});
  }
  auto [begin, end] = emitter.share(tilesOf(all), grain(tilesAtExpectedRows(shape, plan, all)));
  loop(begin, end, 1, [&](Value unit) {
    TilePlace tile(shape);
    placeAll(tile, all, unit);
    scalars.base = address(1 - plan.vectors, tile, all, base(1 - plan.vectors));
    vectors.base = address(plan.vectors, tile, all, base(plan.vectors));
    emitPrefetch(emitter, root, shape, plan, tile);
    sumTile(slot, scalars, vectors, masksOf(tile), extents, tile);
    emitEpilogue(emitter, root, shape, plan, tile, slot, scratch);
  });
}

void ContractEmitter::emitPackedUnits() {
  int64_t steps = 1;
  for (unsigned d : summed)
    steps *= plan.tile[d];
  int64_t vectors = int64_t(columnOffsets(true).size());
  panel = emitter.stack(panelElements(steps, vectors, plan.lanes) * (shape.bits / 8));

  SmallVector<unsigned> all(groups);
  all.append(columns);
  all.push_back(plan.lanesDim);
  Value panels = tilesOf(all), tiles = tilesOf(rows);
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
        loc, tiles, emitter.constant(slotsOf(shape, plan, emitter.target())));
    one = least;
    Value whole = b.createOrFold<arith::CeilDivUIOp>(loc, least, emitter.threads());
    wanted = b.createOrFold<arith::MaxUIOp>(
        loc, wanted, b.createOrFold<arith::MulIOp>(loc, whole, emitter.threads()));
  }
  wanted = b.createOrFold<arith::SelectOp>(loc, even, one, wanted);
  Value each = b.createOrFold<arith::CeilDivUIOp>(loc, tiles, wanted);
  Value chunks = b.createOrFold<arith::CeilDivUIOp>(loc, tiles, each);
  Value units = b.createOrFold<arith::MulIOp>(loc, panels, chunks);

  auto [begin, end] = emitter.share(units, grain(tilesAtExpectedRows(shape, plan, all)));
  loop(begin, end, 1, [&](Value unit) {
    TilePlace tile(shape);
    placeAll(tile, all, b.create<arith::DivUIOp>(loc, unit, chunks));
    Value first = b.create<arith::MulIOp>(loc, b.create<arith::RemUIOp>(loc, unit, chunks), each);
    Value last = b.create<arith::MinUIOp>(loc, b.create<arith::AddIOp>(loc, first, each), tiles);
    emitPanel(tile, first, last);
  });
}

/// The columns at `place`, which varies along `dims`. Does not include the summed dims.
PanelSource ContractEmitter::sourceAt(const TilePlace &place, ArrayRef<unsigned> dims, Value from) {
  PanelSource source;
  source.element = element;
  source.lanes = plan.lanes;
  source.twice = plan.pairs;
  source.base = address(plan.vectors, place, dims, from);
  source.offsets = columnOffsets(false);
  source.vectors = plan.tile[plan.lanesDim] / plan.lanes;
  source.laneStride = shape.dims[plan.lanesDim].stride(plan.vectors);
  if (!isExact(plan.lanesDim))
    source.lanesLeft = b.create<arith::SubIOp>(loc, extentOf(emitter, shape.dims[plan.lanesDim]),
                                               place.start[plan.lanesDim]);
  return source;
}

/// Emits row tiles firstTile … lastTile - 1 with the vectors at `panelPlace`.
void ContractEmitter::emitPanel(const TilePlace &panelPlace, Value firstTile, Value lastTile) {
  unsigned block = firstInPanel(shape, plan);
  int64_t tileElements = slotElements(shape, plan);

  SmallVector<unsigned> panelDims(groups);
  panelDims.append(columns);
  panelDims.push_back(plan.lanesDim);
  SmallVector<unsigned> tileDims(groups);
  tileDims.append(rows);

  // Packs the block that begins at addresses `vectorBase` and `scalarBase`, and adds its products
  // to the slots.
  auto multiply = [&](Value vectorBase, Value scalarBase, ArrayRef<SummedExtent> extents,
                      bool accumulate) {
    PanelSource source = sourceAt(panelPlace, panelDims, vectorBase);
    source.extents.assign(extents.begin(), extents.end());
    TileOperand scalars, vectors;
    scalars.pairs = plan.pairs;
    scalars.offsets = rowOffsets();
    scalars.ranges = rangesOfRows();
    int64_t width = int64_t(columnOffsets(true).size()) * plan.lanes;
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
    loop(firstTile, lastTile, 1, [&](Value number) {
      TilePlace tile = panelPlace;
      placeAll(tile, rows, number);
      scalars.base = address(1 - plan.vectors, tile, tileDims, scalarBase);
      Value here = slot;
      if (accumulate)
        here = memory.at(slot, b.create<arith::SubIOp>(loc, number, firstTile), tileElements);
      if (!accumulate) {
        emitPrefetch(emitter, root, shape, plan, tile);
        sumTile(here, scalars, vectors, masks, extents, tile);
        return emitEpilogue(emitter, root, shape, plan, tile, here, scratch);
      }
      if (blocks)
        return addBlocks(here, scalars, vectors, masks, extents, blocks->level - block);
      SmallVector<Value> sums(scalars.offsets.size() * vectors.offsets.size());
      loadSums(here, sums);
      storeSums(here, emitProducts(emitter, element, plan.lanes, scalars, vectors, masks, extents,
                                   plan.unroll, std::move(sums)));
    });
  };

  SmallVector<SummedExtent> extents;
  for (unsigned i = block; i < summed.size(); ++i)
    extents.push_back({shape.dims[summed[i]].size, extentOf(emitter, shape.dims[summed[i]])});
  if (!isBlocked(shape, plan))
    return multiply(base(plan.vectors), base(1 - plan.vectors), extents, /*accumulate=*/false);

  Value tiles = b.create<arith::SubIOp>(loc, lastTile, firstTile);
  loop(emitter.constant(0), tiles, 1, [&](Value number) {
    Value here = memory.at(slot, number, tileElements);
    loop(emitter.constant(0), emitter.constant(tileElements), plan.lanes, [&](Value i) {
      memory.store(memory.at(here, i, 1), memory.zero());
      if (blocks)
        memory.store(memory.at(lostOf(here), i, 1), memory.zero());
    });
  });
  // Walks the summed dims outside the panel one by one, then blocks of the panel's outermost dim.
  std::function<void(unsigned, Value, Value)> walk = [&](unsigned i, Value vectorBase,
                                                         Value scalarBase) {
    const ContractDim &dim = shape.dims[summed[i]];
    int64_t step = i < block ? 1 : plan.tile[summed[i]];
    loop(emitter.constant(0), extentOf(emitter, dim), step, [&](Value k) {
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
      multiply(vectorsHere, scalarsHere, extents, /*accumulate=*/true);
    });
  };
  walk(0, base(plan.vectors), base(1 - plan.vectors));
  loop(firstTile, lastTile, 1, [&](Value number) {
    TilePlace tile = panelPlace;
    placeAll(tile, rows, number);
    Value here = memory.at(slot, b.create<arith::SubIOp>(loc, number, firstTile), tileElements);
    emitEpilogue(emitter, root, shape, plan, tile, here, scratch);
  });
}

} // namespace nnc
