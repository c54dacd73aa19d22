// Computes the positions of a tile's elements: offsets of rows, pairs of rows and columns from the
// first; masks of the lanes that exist; steps that are not only padding; and the sums in the tile's
// slot.
#include "compiler/lowering/cpu/contract/ContractEmitter.h"
#include "compiler/lowering/cpu/contract/ContractModel.h"

using namespace mlir;

namespace nnc {

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
SmallVector<int64_t> ContractEmitter::offsetsOfRows(llvm::function_ref<int64_t(unsigned)> stride) {
  SmallVector<int64_t> offsets{0};
  for (unsigned d : rows) {
    if (plan.pairs && d == *pairedDim(shape, plan))
      addOffsets(offsets, pairStarts(plan.tile[d]), stride(d));
    else
      addOffsets(offsets, plan.tile[d], stride(d));
  }
  return offsets;
}

SmallVector<int64_t> ContractEmitter::rowOffsets() {
  return offsetsOfRows([&](unsigned d) { return shape.dims[d].stride(1 - plan.vectors); });
}

/// For each row or pair, the steps of the innermost summed dim that are not only padding, if that
/// is known at compile time.
SmallVector<std::pair<int64_t, int64_t>> ContractEmitter::rangesOfRows() {
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
SmallVector<SummedExtent> ContractEmitter::withoutPadding(const TilePlace &tile,
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

SmallVector<int64_t> ContractEmitter::columnOffsets(bool alongLanes) {
  SmallVector<int64_t> offsets{0};
  for (unsigned d : columns)
    addOffsets(offsets, plan.tile[d], shape.dims[d].stride(plan.vectors));
  if (alongLanes)
    addOffsets(offsets, plan.tile[plan.lanesDim] / plan.lanes, plan.lanes);
  return offsets;
}

/// A mask for each vector of the tile. Null if all its lanes certainly exist.
SmallVector<Value> ContractEmitter::masksOf(const TilePlace &tile) {
  const ContractDim &dim = shape.dims[plan.lanesDim];
  int64_t vectors = plan.tile[plan.lanesDim] / plan.lanes;
  SmallVector<Value> along;
  for (int64_t j = 0; j < vectors; ++j) {
    bool single = !dim.batch && plan.tile[plan.lanesDim] >= dim.size;
    if (isExact(plan.lanesDim) || (single && (j + 1) * plan.lanes <= dim.size)) {
      along.push_back({});
      continue;
    }
    Value first = b.createOrFold<arith::AddIOp>(loc, tile.start[plan.lanesDim],
                                                emitter.constant(j * plan.lanes));
    // If it is entirely past the end, the difference must not wrap around.
    first = b.createOrFold<arith::MinUIOp>(loc, first, extentOf(emitter, dim));
    along.push_back(emitter.tailMask(first, extentOf(emitter, dim), plan.lanes));
  }
  SmallVector<Value> masks;
  for (unsigned i = 0, e = columnOffsets(false).size(); i < e; ++i)
    masks.append(along);
  return masks;
}

/// For each accumulator of a pair of rows, the number of its first row. The second row is next in
/// the slot, or `rowsApart` later.
SmallVector<int64_t> ContractEmitter::pairsOfRows(int64_t &rowsApart) {
  SmallVector<int64_t> strides(shape.dims.size());
  int64_t stride = 1;
  for (unsigned d : llvm::reverse(rows)) {
    strides[d] = stride;
    stride *= plan.tile[d];
  }
  rowsApart = strides[*pairedDim(shape, plan)];
  return offsetsOfRows([&](unsigned d) { return strides[d]; });
}

// In the slot, each row has its own vector, whether it is paired or not.
void ContractEmitter::loadSums(Value from, SmallVectorImpl<Value> &sums) {
  auto row = [&](int64_t i) { return memory.load(memory.at(from, i * plan.lanes)); };
  if (!plan.pairs) {
    for (auto [i, sum] : llvm::enumerate(sums))
      sum = row(int64_t(i));
    return;
  }
  int64_t apart;
  for (auto [sum, first] : llvm::zip(sums, pairsOfRows(apart)))
    sum = memory.interleave(row(first), row(first + apart));
}

void ContractEmitter::storeSums(Value to, ArrayRef<Value> sums) {
  auto store = [&](int64_t i, Value sum) { memory.store(memory.at(to, i * plan.lanes), sum); };
  if (!plan.pairs) {
    for (auto [i, sum] : llvm::enumerate(sums))
      store(int64_t(i), sum);
    return;
  }
  int64_t apart;
  for (auto [sum, first] : llvm::zip(sums, pairsOfRows(apart))) {
    store(first, memory.everyOther(sum, 0));
    store(first + apart, memory.everyOther(sum, 1));
  }
}

} // namespace nnc
