// Computes the positions of tiles and of their elements: offsets of rows, pairs of rows and columns
// from the first; masks of the lanes that exist; steps that are not only padding.
#include "compiler/lowering/cpu/contract/ContractTiles.h"

#include "mlir/Dialect/SCF/IR/SCF.h"

using namespace mlir;

namespace nnc {

ContractTiles::ContractTiles(KernelEmitter &emitter, nn::ContractionOp root,
                             const ContractShape &shape, const ContractPlan &plan)
    : emitter(emitter), b(emitter.builder()), loc(emitter.location()), root(root), shape(shape),
      plan(plan), element(cast<RankedTensorType>(root->getResult(0).getType()).getElementType()),
      memory(b, loc, element, plan.lanes), summed(shape.summedDims()) {
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    if (dim.summed || d == plan.lanesDim)
      continue;
    (plan.isRow(dim) ? rows : plan.isColumn(dim) ? columns : groups).push_back(d);
  }
}

// Places

bool ContractTiles::isExact(unsigned d) const { return shape.dims[d].size % plan.tile[d] == 0; }

Value ContractTiles::along(unsigned d) {
  if (!shape.dims[d].batch)
    return emitter.constant(llvm::divideCeil(shape.dims[d].size, plan.tile[d]));
  return b.createOrFold<arith::CeilDivUIOp>(loc, extentOf(emitter, shape.dims[d]),
                                            emitter.constant(plan.tile[d]));
}

Value ContractTiles::count(ArrayRef<unsigned> dims) {
  Value product = emitter.constant(1);
  for (unsigned d : dims)
    product = b.createOrFold<arith::MulIOp>(loc, product, along(d));
  return product;
}

void ContractTiles::place(TilePlace &tile, unsigned d, Value number) {
  Value start = b.createOrFold<arith::MulIOp>(loc, number, emitter.constant(plan.tile[d]));
  tile.start[d] = start;
  if (isExact(d) || d == plan.lanesDim)
    return;
  Value last = b.create<arith::SubIOp>(loc, extentOf(emitter, shape.dims[d]),
                                       emitter.constant(plan.tile[d]));
  tile.start[d] = b.create<arith::MinUIOp>(loc, start, last);
  tile.first[d] = b.create<arith::SubIOp>(loc, start, tile.start[d]);
}

void ContractTiles::placeAll(TilePlace &tile, ArrayRef<unsigned> dims, Value number) {
  for (unsigned i = dims.size(); i-- > 0;) {
    bool single = !shape.dims[dims[i]].batch && plan.tile[dims[i]] >= shape.dims[dims[i]].size;
    if (single) {
      place(tile, dims[i], emitter.constant(0));
      continue;
    }
    Value tiles = i ? along(dims[i]) : Value();
    place(tile, dims[i], i ? b.createOrFold<arith::RemUIOp>(loc, number, tiles) : number);
    if (i)
      number = b.createOrFold<arith::DivUIOp>(loc, number, tiles);
  }
}

// One tile

Value ContractTiles::base(unsigned operand) {
  return emitter.input(operand ? root.getRight() : root.getLeft()).base;
}

Value ContractTiles::address(unsigned operand, const TilePlace &tile, ArrayRef<unsigned> dims,
                             Value from) {
  for (unsigned d : dims)
    from = memory.at(from, tile.start[d], shape.dims[d].stride(operand));
  return from;
}

void ContractTiles::loop(Value from, Value to, int64_t by, llvm::function_ref<void(Value)> body) {
  auto loop = b.create<scf::ForOp>(loc, from, to, emitter.constant(by));
  OpBuilder::InsertionGuard guard(b);
  b.setInsertionPointToStart(loop.getBody());
  body(loop.getInductionVar());
}

PanelSource ContractTiles::sourceAt(const TilePlace &place, ArrayRef<unsigned> dims, Value from) {
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

static void addOffsets(SmallVectorImpl<int64_t> &offsets, ArrayRef<int64_t> steps, int64_t stride) {
  SmallVector<int64_t> outer(offsets.begin(), offsets.end());
  offsets.clear();
  for (int64_t base : outer)
    for (int64_t i : steps)
      offsets.push_back(base + i * stride);
}
static void addOffsets(SmallVectorImpl<int64_t> &offsets, int64_t count, int64_t stride) {
  addOffsets(offsets, llvm::to_vector(llvm::seq<int64_t>(0, count)), stride);
}

/// The offset of each row, or pair of rows, of the tile. `stride` gives the stride along each dim.
SmallVector<int64_t> ContractTiles::offsetsOfRows(llvm::function_ref<int64_t(unsigned)> stride) {
  SmallVector<int64_t> offsets{0};
  for (unsigned d : rows) {
    if (plan.pairs && d == *pairedDim(shape, plan))
      addOffsets(offsets, pairStarts(plan.tile[d]), stride(d));
    else
      addOffsets(offsets, plan.tile[d], stride(d));
  }
  return offsets;
}

SmallVector<int64_t> ContractTiles::rowOffsets() {
  return offsetsOfRows([&](unsigned d) { return shape.dims[d].stride(1 - plan.vectors); });
}

/// For each row or pair, the steps of the innermost summed dim that are not only padding, if that
/// is known at compile time.
SmallVector<std::pair<int64_t, int64_t>> ContractTiles::rangesOfRows() {
  const ContractShape::Band *band = summed.empty() ? nullptr : shape.bandOf(summed.back());
  if (!band || !plan.isRow(shape.dims[band->result]) ||
      plan.tile[band->result] != shape.dims[band->result].size)
    return {};
  int64_t count = plan.pairs && band->result == *pairedDim(shape, plan) ? 2 : 1,
          steps = shape.dims[band->summed].size;
  SmallVector<std::pair<int64_t, int64_t>> ranges;
  for (int64_t place : offsetsOfRows([&](unsigned d) { return int64_t(d == band->result); })) {
    int64_t first = std::max<int64_t>(0, band->first - (place + count - 1));
    ranges.push_back({first, first + band->steps(place, count, steps)});
  }
  return ranges;
}

/// The extents of all summed dims. In the dims other than the innermost, steps in which the whole
/// of `tile` reads padding are left out.
SmallVector<SummedExtent> ContractTiles::withoutPadding(const TilePlace &tile,
                                                        ArrayRef<SummedExtent> extents) {
  SmallVector<SummedExtent> result(extents);
  for (auto [i, d] : llvm::enumerate(ArrayRef(summed).drop_back(summed.empty() ? 0 : 1))) {
    const ContractShape::Band *band = shape.bandOf(d);
    if (!band || band->result == plan.lanesDim)
      continue;
    Value start = tile.start[band->result];
    auto from = [&](int64_t index) {
      return b.createOrFold<arith::SubIOp>(loc, emitter.constant(index), start);
    };
    result[i].first = b.createOrFold<arith::MaxSIOp>(
        loc, from(band->first - (plan.tile[band->result] - 1)), emitter.constant(0));
    result[i].value = b.createOrFold<arith::MinSIOp>(loc, from(band->limit), extents[i].value);
  }
  return result;
}

SmallVector<int64_t> ContractTiles::columnOffsets(bool alongLanes) {
  SmallVector<int64_t> offsets{0};
  for (unsigned d : columns)
    addOffsets(offsets, plan.tile[d], shape.dims[d].stride(plan.vectors));
  if (alongLanes)
    addOffsets(offsets, plan.tile[plan.lanesDim] / plan.lanes, plan.lanes);
  return offsets;
}

/// A mask for each vector of the tile. Null if all its lanes certainly exist.
SmallVector<Value> ContractTiles::masksOf(const TilePlace &tile) {
  const ContractDim &dim = shape.dims[plan.lanesDim];
  int64_t vectors = plan.tile[plan.lanesDim] / plan.lanes;
  SmallVector<Value> inLanes;
  for (int64_t j = 0; j < vectors; ++j) {
    bool single = !dim.batch && plan.tile[plan.lanesDim] >= dim.size;
    if (isExact(plan.lanesDim) || (single && (j + 1) * plan.lanes <= dim.size)) {
      inLanes.push_back({});
      continue;
    }
    Value first = b.createOrFold<arith::AddIOp>(loc, tile.start[plan.lanesDim],
                                                emitter.constant(j * plan.lanes));
    // If it is entirely past the end, the difference must not wrap around.
    first = b.createOrFold<arith::MinUIOp>(loc, first, extentOf(emitter, dim));
    inLanes.push_back(emitter.tailMask(first, extentOf(emitter, dim), plan.lanes));
  }
  SmallVector<Value> masks;
  for (unsigned i = 0, e = columnOffsets(false).size(); i < e; ++i)
    masks.append(inLanes);
  return masks;
}

/// For each accumulator of a pair of rows, the number of its first row. The second row is next in
/// the slot, or `rowsApart` later.
SmallVector<int64_t> ContractTiles::pairsOfRows(int64_t &rowsApart) {
  SmallVector<int64_t> strides(shape.dims.size());
  int64_t stride = 1;
  for (unsigned d : llvm::reverse(rows)) {
    strides[d] = stride;
    stride *= plan.tile[d];
  }
  rowsApart = strides[*pairedDim(shape, plan)];
  return offsetsOfRows([&](unsigned d) { return strides[d]; });
}

} // namespace nnc
