// ContractPlan as text: what --emit=fused shows and what the emitter follows.
#include "compiler/lowering/ContractPlan.h"

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

DictionaryAttr ContractPlan::toAttribute(MLIRContext *context) const {
  Builder b(context);
  return b.getDictionaryAttr({
      b.getNamedAttr("vectors", b.getStringAttr(vectors ? "right" : "left")),
      b.getNamedAttr("lanes_dim", b.getI64IntegerAttr(lanesDim)),
      b.getNamedAttr("lanes", b.getI64IntegerAttr(lanes)),
      b.getNamedAttr("tile", b.getDenseI64ArrayAttr(tile)),
      b.getNamedAttr("pack", b.getBoolAttr(pack)),
      b.getNamedAttr("unroll", b.getI64IntegerAttr(unroll)),
  });
}

std::optional<ContractPlan> ContractPlan::fromAttribute(DictionaryAttr attribute, const ContractShape &shape) {
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
  plan.unroll = number("unroll").getInt();
  if (plan.tile.size() != shape.dims.size() || plan.lanesDim >= shape.dims.size() || plan.lanes < 1 || plan.unroll < 1 ||
      !plan.isColumn(shape.dims[plan.lanesDim]) || plan.tile[plan.lanesDim] % plan.lanes != 0)
    return std::nullopt;
  return plan;
}

} // namespace nnc
