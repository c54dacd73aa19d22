// Computes strides from maps, and merges dims.
#include "compiler/lowering/cpu/contract/ContractShape.h"
#include "compiler/lowering/cpu/elements/ElementScope.h"

#include "mlir/Interfaces/FunctionInterfaces.h"

using namespace mlir;

namespace nnc {

/// Adds scale * e, a sum of multiples of dims, to the coefficient of each dim.
static void addCoefficients(AffineExpr e, int64_t scale, SmallVectorImpl<int64_t> &coefficients) {
  if (auto dim = dyn_cast<AffineDimExpr>(e)) {
    coefficients[dim.getPosition()] += scale;
    return;
  }
  if (isa<AffineConstantExpr>(e))
    return; // only 0 can occur, because maps have no offsets
  auto binary = cast<AffineBinaryOpExpr>(e);
  if (e.getKind() == AffineExprKind::Mul)
    return addCoefficients(binary.getLHS(),
                           scale * cast<AffineConstantExpr>(binary.getRHS()).getValue(),
                           coefficients);
  addCoefficients(binary.getLHS(), scale, coefficients);
  addCoefficients(binary.getRHS(), scale, coefficients);
}

static SmallVector<int64_t> loopStrides(Value tensor, AffineMap map, int64_t pitch) {
  SmallVector<int64_t> strides(map.getNumDims(), 0);
  SmallVector<int64_t> memory =
      stridesOf(cast<RankedTensorType>(tensor.getType()).getShape(), pitch);
  for (auto [i, e] : llvm::enumerate(map.getResults()))
    addCoefficients(e, memory[i], strides);
  return strides;
}

/// Whether `outer` and `inner`, directly inside it, walk every tensor like one loop.
static bool areContiguous(const ContractDim &outer, const ContractDim &inner) {
  return outer.summed == inner.summed && !inner.batch && outer.left == inner.left * inner.size &&
         outer.right == inner.right * inner.size && outer.out == inner.out * inner.size;
}

ContractShape::ContractShape(nn::ContractionOp op, ContractPitch pitch)
    : loopSizes(op.getLoopSizes()) {
  if (auto function = op->getParentOfType<FunctionOpInterface>())
    if (auto expected = function->getAttrOfType<IntegerAttr>("nn.rows"))
      rows = expected.getInt();
  SmallVector<int64_t> left = loopStrides(op.getLeft(), op.getLeftMap(), pitch.left);
  SmallVector<int64_t> right = loopStrides(op.getRight(), op.getRightMap(), pitch.right);
  SmallVector<int64_t> out = loopStrides(op->getResult(0), op.getOutMap(), 0);
  bits = cast<RankedTensorType>(op->getResult(0).getType()).getElementTypeBitWidth();

  SmallVector<unsigned> order;
  outEntries.resize(loopSizes.size());
  for (auto [entry, e] : llvm::enumerate(op.getOutMap().getResults())) {
    SmallVector<int64_t> coefficients(loopSizes.size(), 0);
    addCoefficients(e, 1, coefficients);
    // Of two loops that split one dim into blocks, the outer has the larger coefficient.
    SmallVector<unsigned> loops;
    for (auto [loop, coefficient] : llvm::enumerate(coefficients))
      if (coefficient)
        loops.push_back(loop);
    llvm::stable_sort(loops,
                      [&](unsigned x, unsigned y) { return coefficients[x] > coefficients[y]; });
    for (unsigned loop : loops)
      outEntries[loop] = {unsigned(entry), coefficients[loop]};
    order.append(loops);
  }
  unsigned results = order.size();
  for (unsigned loop = 0; loop < loopSizes.size(); ++loop)
    if (!llvm::is_contained(order, loop))
      order.push_back(loop);

  for (auto [position, loop] : llvm::enumerate(order)) {
    if (loopSizes[loop] == 1)
      continue;
    ContractDim dim;
    dim.batch = loopSizes[loop] < 0;
    dim.size = dim.batch ? 1 : loopSizes[loop];
    dim.summed = position >= results;
    dim.left = left[loop];
    dim.right = right[loop];
    dim.out = dim.summed ? 0 : out[loop];
    dim.loops.push_back(loop);
    // With a pitch, an example's own number must remain known.
    if (!dims.empty() && areContiguous(dims.back(), dim) && !(pitch.any && dims.back().batch)) {
      ContractDim &outer = dims.back();
      outer.size *= dim.size;
      outer.left = dim.left;
      outer.right = dim.right;
      outer.out = dim.out;
      outer.loops.push_back(loop);
      continue;
    }
    dims.push_back(std::move(dim));
  }
  findBands(op);
}

/// Padding is only recorded if it is at least this part of all products.
constexpr double muchPadding = 0.1;

void ContractShape::findBands(nn::ContractionOp op) {
  auto part = op->getParentOp()->getAttrOfType<DenseI64ArrayAttr>(nonZeroPartName);
  if (!part)
    return;
  auto type = cast<RankedTensorType>(op.getLeft().getType());
  // The dim that consists of exactly this loop.
  auto dimOf = [&](AffineExpr e) -> std::optional<unsigned> {
    auto loop = dyn_cast<AffineDimExpr>(e);
    for (auto [d, dim] : llvm::enumerate(dims))
      if (loop && !dim.batch && dim.loops.size() == 1 && dim.loops[0] == loop.getPosition())
        return unsigned(d);
    return std::nullopt;
  };
  for (auto [i, e] : llvm::enumerate(op.getLeftMap().getResults())) {
    int64_t first = part[2 * i], limit = part[2 * i + 1];
    auto sum = dyn_cast<AffineBinaryOpExpr>(e);
    if (!sum || sum.getKind() != AffineExprKind::Add || type.isDynamicDim(i) ||
        (first == 0 && limit == type.getDimSize(i)))
      continue;
    auto outer = dimOf(sum.getLHS()), inner = dimOf(sum.getRHS());
    if (!outer || !inner || dims[*outer].summed == dims[*inner].summed)
      continue;
    if (dims[*outer].summed)
      std::swap(outer, inner);
    bands.push_back({*outer, *inner, first, limit});
    if (neededPart(bands.back(), 1) > 1 - muchPadding)
      bands.pop_back();
  }
}

double ContractShape::neededPart(const Band &band, int64_t tile) const {
  int64_t places = dims[band.result].size, steps = dims[band.summed].size, needed = 0, tiles = 0;
  for (int64_t from = 0; from < places; from += tile, ++tiles)
    needed += band.steps(std::min(from, places - tile), tile, steps);
  return double(needed) / double(tiles * steps);
}

double ContractShape::neededPart() const {
  double part = 1;
  for (const Band &band : bands)
    part *= neededPart(band, 1);
  return part;
}

const ContractShape::Band *ContractShape::bandOf(unsigned summed) const {
  for (const Band &band : bands)
    if (band.summed == summed)
      return &band;
  return nullptr;
}

SmallVector<unsigned> ContractShape::summedDims() const {
  SmallVector<unsigned> result;
  for (auto [i, dim] : llvm::enumerate(dims))
    if (dim.summed)
      result.push_back(i);
  return result;
}

} // namespace nnc
