// Shape rule, derivative and pull form of broadcast, reshape and transpose.
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace nnc::nn {

// broadcast: y[i] = x[i[dims[0]], i[dims[1]], …];  dx = dy summed over the other dims

LogicalResult BroadcastOp::verify() {
  RankedTensorType from = getX().getType(), to = getType();
  if (int64_t(getDims().size()) != from.getRank())
    return emitOpError("needs one result dim for each dim of ")
           << from << ", not " << listed(getDims());
  if (failed(checkDims("nn.broadcast", getLoc(), getDims(), to.getRank(), /*ascending=*/false)))
    return failure();
  if (from.getElementType() != to.getElementType())
    return emitOpError("keeps the element type, but goes from ") << from << " to " << to;
  for (auto [i, dim] : llvm::enumerate(getDims()))
    if (from.getDimSize(i) != to.getDimSize(dim))
      return emitOpError("maps dim ") << i << " of " << from << " to dim " << dim << " of " << to
                                      << ", which has another size";
  return success();
}

void BroadcastOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  Value sum =
      buildSum(d.builder(), getLoc(), d.gradient(), otherDims(getType().getRank(), getDims()));
  // The remaining dims of x are in the order of the result. Put them in the order of x.
  SmallVector<int64_t> sorted(getDims());
  llvm::sort(sorted);
  SmallVector<int64_t> perm;
  for (int64_t dim : getDims())
    perm.push_back(llvm::find(sorted, dim) - sorted.begin());
  d.give(0, d.builder().createOrFold<TransposeOp>(getLoc(), sum, perm));
}

unsigned BroadcastOp::getCost() { return 0; }

Value BroadcastOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at;
  for (int64_t dim : getDims())
    at.push_back(index[dim]);
  return eb.load(0, at);
}

OpFoldResult BroadcastOp::fold(FoldAdaptor adaptor) {
  bool identity = llvm::equal(getDims(), llvm::seq<int64_t>(0, getType().getRank()));
  if (identity && getX().getType() == getType())
    return getX();
  return {};
}

// reshape: y = x's elements in row-major order; a batch dim stays;  dx = dy reshaped

LogicalResult ReshapeOp::verify() {
  RankedTensorType from = getX().getType(), to = getType();
  if (from.getElementType() != to.getElementType())
    return emitOpError("keeps the element type, but goes from ") << from << " to " << to;
  // The elements before the first dim that is the batch, between it and the next, and so on.
  auto parts = [](RankedTensorType type) {
    SmallVector<int64_t> products{1};
    for (int64_t size : type.getShape())
      if (ShapedType::isDynamic(size))
        products.push_back(1);
      else
        products.back() *= size;
    return products;
  };
  if (batchDims(from) != batchDims(to))
    return emitOpError("keeps the batch, but goes from ") << from << " to " << to;
  auto elements = [](RankedTensorType type) {
    int64_t product = 1;
    for (int64_t size : type.getShape())
      product *= ShapedType::isDynamic(size) ? 1 : size;
    return product;
  };
  if (elements(from) != elements(to))
    return emitOpError("keeps the number of elements, but goes from ")
           << elements(from) << " (" << from << ") to " << elements(to) << " (" << to << ")";
  if (parts(from) != parts(to))
    return emitOpError("moves elements across the batch: it goes from ") << from << " to " << to;
  return success();
}

void ReshapeOp::backward(Derivation &d) {
  if (d.wants(0))
    d.give(0, d.builder().createOrFold<ReshapeOp>(getLoc(), getX().getType(), d.gradient()));
}

unsigned ReshapeOp::getCost() { return 1; }

Value ReshapeOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  // Runs of dims with equal products correspond to each other. Indices are only split within a run,
  // which keeps them affine if possible.
  ArrayRef<int64_t> from = getX().getType().getShape(), to = getType().getShape();
  SmallVector<Index> at;
  size_t i = 0, j = 0;
  while (i < from.size() || j < to.size()) {
    size_t iEnd = i, jEnd = j;
    int64_t inner = 1, outer = 1;
    if (i < from.size() && j < to.size())
      inner = from[iEnd++], outer = to[jEnd++];
    while (inner != outer)
      if (inner < outer)
        inner *= from[iEnd++];
      else
        outer *= to[jEnd++];
    // Trailing dims of size 1 belong to the last run.
    if (iEnd == from.size() || jEnd == to.size())
      iEnd = from.size(), jEnd = to.size();
    if (iEnd - i == 1 && jEnd - j == 1) {
      at.push_back(index[j]);
    } else {
      Index linear = eb.linearize(index.slice(j, jEnd - j), rowMajorStrides(to.slice(j, jEnd - j)));
      auto strides = rowMajorStrides(from.slice(i, iEnd - i));
      bool leading = true; // the first dim longer than 1 needs no remainder
      for (size_t k = 0; k < strides.size(); ++k) {
        if (from[i + k] == 1) {
          at.push_back(eb.constant(0));
          continue;
        }
        Index part = eb.floorDiv(linear, strides[k]);
        at.push_back(leading ? part : eb.mod(part, from[i + k]));
        leading = false;
      }
    }
    i = iEnd, j = jEnd;
  }
  return eb.load(0, at);
}

OpFoldResult ReshapeOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  if (auto value = dyn_cast_or_null<DenseElementsAttr>(adaptor.getX()))
    return value.reshape(getType());
  return {};
}

// transpose: y's dim i is x's dim perm[i];  dx = dy transposed by perm⁻¹

LogicalResult TransposeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                            ValueRange operands, DictionaryAttr attributes,
                                            OpaqueProperties properties, RegionRange regions,
                                            SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || failed(checkPresent(name, loc, {{"perm", adaptor.getPermAttr()}})))
    return failure();
  ArrayRef<int64_t> perm = adaptor.getPerm();
  if (int64_t(perm.size()) != x.getRank())
    return mismatch(loc, name, "needs a permutation of the ", x.getRank(), " dims of ", x, ", not ",
                    listed(perm));
  if (failed(checkDims(name, loc, perm, x.getRank(), /*ascending=*/false)))
    return failure();
  for (int64_t dim = 0; dim < x.getRank(); ++dim)
    if (x.isDynamicDim(perm[dim]) && !x.isDynamicDim(dim))
      return mismatch(loc, name, "cannot move the batch of ", x, " by ", listed(perm));
  SmallVector<int64_t> shape;
  for (int64_t dim : perm)
    shape.push_back(x.getDimSize(dim));
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

void TransposeOp::backward(Derivation &d) {
  if (d.wants(0))
    d.give(0, d.builder().createOrFold<TransposeOp>(getLoc(), d.gradient(),
                                                    invertPermutationVector(getPerm())));
}

unsigned TransposeOp::getCost() { return 0; }

Value TransposeOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at(index);
  for (auto [i, dim] : llvm::enumerate(getPerm()))
    at[dim] = index[i];
  return eb.load(0, at);
}

OpFoldResult TransposeOp::fold(FoldAdaptor) {
  if (llvm::equal(getPerm(), llvm::seq<int64_t>(0, getPerm().size())))
    return getX();
  if (auto inner = getX().getDefiningOp<TransposeOp>()) {
    SmallVector<int64_t> perm;
    for (int64_t dim : getPerm())
      perm.push_back(inner.getPerm()[dim]);
    setPerm(perm);
    setOperand(inner.getX());
    return getResult();
  }
  return {};
}

} // namespace nnc::nn
