// Implements the helpers of the shape rules.
#include "compiler/dialect/nn/ShapeRules.h"
#include "llvm/ADT/StringExtras.h"

using namespace mlir;

namespace nnc::nn {

std::string listed(ArrayRef<int64_t> numbers) {
  std::string text = "[";
  llvm::raw_string_ostream out(text);
  llvm::interleaveComma(numbers, out);
  return out.str() + "]";
}

LogicalResult checkBatchFirst(StringRef name, std::optional<Location> loc, RankedTensorType type) {
  if (batchDims(type) > unsigned(isBatched(type)))
    return mismatch(loc, name, "needs the batch (?) at dim 0 alone, not ", type);
  return success();
}

void takeWholeBatch(RankedTensorType type, MutableArrayRef<int64_t> limit) {
  for (auto [dim, size] : llvm::enumerate(limit))
    if (type.isDynamicDim(dim))
      size = -1;
}

RankedTensorType tensorOperand(StringRef name, std::optional<Location> loc, ValueRange operands,
                               unsigned i) {
  if (i >= operands.size()) {
    (void)mismatch(loc, name, "lacks operand ", i);
    return {};
  }
  auto type = dyn_cast<RankedTensorType>(operands[i].getType());
  if (!type || !(type.getElementType().isF32() || type.getElementType().isF64())) {
    (void)mismatch(loc, name, "needs a tensor of f32 or f64, not ", operands[i].getType());
    return {};
  }
  return type;
}

LogicalResult checkPresent(StringRef name, std::optional<Location> loc,
                           ArrayRef<std::pair<StringRef, Attribute>> attributes) {
  for (auto [attribute, value] : attributes)
    if (!value)
      return mismatch(loc, name, "lacks the attribute ", attribute);
  return success();
}

LogicalResult checkDims(StringRef name, std::optional<Location> loc, ArrayRef<int64_t> dims,
                        int64_t rank, bool ascending) {
  llvm::SmallBitVector seen(rank);
  int64_t previous = -1;
  for (int64_t dim : dims) {
    if (dim < 0 || dim >= rank)
      return mismatch(loc, name, "has no dim ", dim, " in rank ", rank, "; dims are ",
                      listed(dims));
    if (seen.test(dim) || (ascending && dim < previous))
      return mismatch(loc, name, "needs ", ascending ? "ascending, " : "", "distinct dims, not ",
                      listed(dims));
    seen.set(dim);
    previous = dim;
  }
  return success();
}

LogicalResult inferReduction(StringRef name, std::optional<Location> loc, ValueRange operands,
                             DenseI64ArrayAttr dims, SmallVectorImpl<Type> &types) {
  auto x = tensorOperand(name, loc, operands, 0);
  if (!x)
    return failure();
  if (!dims)
    return mismatch(loc, name, "lacks the attribute dims");
  if (failed(checkDims(name, loc, dims, x.getRank())))
    return failure();
  SmallVector<int64_t> shape;
  for (int64_t dim : otherDims(x.getRank(), dims))
    shape.push_back(x.getDimSize(dim));
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

SmallVector<int64_t> otherDims(int64_t rank, ArrayRef<int64_t> dims) {
  SmallVector<int64_t> others;
  for (int64_t dim = 0; dim < rank; ++dim)
    if (!llvm::is_contained(dims, dim))
      others.push_back(dim);
  return others;
}

SmallVector<int64_t> rowMajorStrides(ArrayRef<int64_t> shape) {
  SmallVector<int64_t> strides(shape.size(), 1);
  for (int64_t dim = int64_t(shape.size()) - 2; dim >= 0; --dim)
    strides[dim] = strides[dim + 1] * shape[dim + 1];
  return strides;
}

Value floatConstant(OpBuilder &b, Location loc, Type type, double value) {
  auto scalar = FloatAttr::get(getElementTypeOrSelf(type), value);
  if (auto vector = dyn_cast<VectorType>(type))
    return b.create<arith::ConstantOp>(loc, DenseElementsAttr::get(vector, scalar));
  return b.create<arith::ConstantOp>(loc, scalar);
}

} // namespace nnc::nn
