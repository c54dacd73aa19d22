// Validates plans, and converts them to and from attributes, which --emit=fused shows and the
// emitter follows.
#include "compiler/lowering/cpu/contract/ContractPlan.h"

using namespace mlir;

namespace nnc {

int64_t ContractPlan::rows(const ContractShape &shape) const {
  int64_t product = 1;
  for (auto [dim, extent] : llvm::zip(shape.dims, tile))
    product *= isRow(dim) ? extent : 1;
  return product;
}

int64_t ContractPlan::columns(const ContractShape &shape) const {
  int64_t product = 1;
  for (auto [dim, extent] : llvm::zip(shape.dims, tile))
    product *= isColumn(dim) ? extent : 1;
  return product / lanes;
}

int64_t ContractPlan::accumulatorRows(const ContractShape &shape) const {
  int64_t all = rows(shape);
  if (!pairs)
    return all;
  int64_t paired = tile[*pairedDim(shape, *this)];
  return all / paired * int64_t(pairStarts(paired).size());
}

unsigned firstInPanel(const ContractShape &shape, const ContractPlan &plan) {
  SmallVector<unsigned> summed = shape.summedDims();
  unsigned block = 0;
  while (block + 1 < summed.size() && plan.tile[summed[block]] == 1)
    ++block;
  return block;
}

bool isBlocked(const ContractShape &shape, const ContractPlan &plan) {
  SmallVector<unsigned> summed = shape.summedDims();
  if (!plan.pack || summed.empty())
    return false;
  unsigned block = firstInPanel(shape, plan);
  const ContractDim &outermost = shape.dims[summed[block]];
  return block > 0 || outermost.batch || plan.tile[summed[block]] < outermost.size;
}

std::optional<unsigned> pairedDim(const ContractShape &shape, const ContractPlan &plan) {
  for (auto [d, dim] : llvm::enumerate(shape.dims))
    if (plan.isRow(dim) && !dim.batch && dim.stride(1 - plan.vectors) == 1 && plan.tile[d] >= 2)
      return unsigned(d);
  return std::nullopt;
}

bool canPair(const ContractShape &shape, const ContractPlan &plan) {
  const ContractDim &along = shape.dims[plan.lanesDim];
  return plan.pack && plan.columns(shape) == 1 && !along.batch && 2 * along.size <= plan.lanes &&
         pairedDim(shape, plan).has_value();
}

SmallVector<int64_t> pairStarts(int64_t count) {
  SmallVector<int64_t> starts;
  for (int64_t i = 0; i < count; i += 2)
    starts.push_back(std::min(i, count - 2));
  return starts;
}

bool ContractPlan::fits(const ContractShape &shape) const {
  if (tile.size() != shape.dims.size() || lanesDim >= shape.dims.size() || lanes < 2 ||
      !llvm::isPowerOf2_64(lanes) || unroll < 1)
    return false;
  const ContractDim &along = shape.dims[lanesDim];
  if (!isColumn(along) || tile[lanesDim] < lanes || tile[lanesDim] % lanes != 0 ||
      (!pack && along.stride(vectors) != 1))
    return false;
  bool inPanel = false;
  for (auto [d, dim] : llvm::enumerate(shape.dims)) {
    if (d == lanesDim)
      continue;
    bool whole = !dim.batch && tile[d] == dim.size;
    if (dim.summed) {
      // First dims one by one, then part of one dim, then whole dims.
      if (pack && (tile[d] < 1 || (!dim.batch && tile[d] > dim.size) || (inPanel && !whole)))
        return false;
      inPanel |= tile[d] > 1;
    } else if (tile[d] < 1 || (!dim.batch && tile[d] > dim.size) ||
               (tile[d] > 1 && !isRow(dim) && !isColumn(dim))) {
      return false;
    }
  }
  return (!packScalars || canPackScalars(shape, *this)) && (!pairs || canPair(shape, *this));
}

DictionaryAttr ContractPlan::toAttribute(MLIRContext *context, const ContractShape &shape) const {
  Builder b(context);
  return b.getDictionaryAttr({
      b.getNamedAttr("vectors", b.getStringAttr(vectors ? "right" : "left")),
      b.getNamedAttr("lanes_dim", b.getI64IntegerAttr(lanesDim)),
      b.getNamedAttr("lanes", b.getI64IntegerAttr(lanes)),
      b.getNamedAttr("tile", b.getDenseI64ArrayAttr(tile)),
      b.getNamedAttr("pack", b.getBoolAttr(pack)),
      b.getNamedAttr("pack_scalars", b.getBoolAttr(packScalars)),
      b.getNamedAttr("pairs", b.getBoolAttr(pairs)),
      b.getNamedAttr("unroll", b.getI64IntegerAttr(unroll)),
      b.getNamedAttr("accumulators", b.getI64IntegerAttr(accumulatorRows(shape) * columns(shape))),
  });
}

std::optional<ContractPlan> ContractPlan::fromAttribute(DictionaryAttr attribute,
                                                        const ContractShape &shape) {
  auto number = [&](StringRef name) { return attribute.getAs<IntegerAttr>(name); };
  auto vectors = attribute.getAs<StringAttr>("vectors");
  auto tile = attribute.getAs<DenseI64ArrayAttr>("tile");
  auto pack = attribute.getAs<BoolAttr>("pack");
  if (!vectors || !tile || !pack || !number("lanes_dim") || !number("lanes") || !number("unroll"))
    return std::nullopt;
  ContractPlan plan;
  plan.vectors = vectors.getValue() == "right";
  plan.lanesDim = number("lanes_dim").getInt();
  plan.lanes = number("lanes").getInt();
  plan.tile.assign(tile.asArrayRef().begin(), tile.asArrayRef().end());
  plan.pack = pack.getValue();
  if (auto packScalars = attribute.getAs<BoolAttr>("pack_scalars"))
    plan.packScalars = packScalars.getValue();
  if (auto pairs = attribute.getAs<BoolAttr>("pairs"))
    plan.pairs = pairs.getValue();
  plan.unroll = number("unroll").getInt();
  if (!plan.fits(shape))
    return std::nullopt;
  return plan;
}

} // namespace nnc
