// The ops without operands: constant, iota, batch_size.
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nnc::nn {

// constant: y = value

void ConstantOp::build(OpBuilder &b, OperationState &state, RankedTensorType type, double splat) {
  build(b, state, type, DenseElementsAttr::get(type, b.getFloatAttr(type.getElementType(), splat)));
}

OpFoldResult ConstantOp::fold(FoldAdaptor) { return getValue(); }

unsigned ConstantOp::getCost() { return 0; }

Value ConstantOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  RankedTensorType type = getType();
  auto value = cast<DenseElementsAttr>(getValue());
  auto element = [&](int64_t i) {
    return (*std::next(value.value_begin<APFloat>(), value.isSplat() ? 0 : i)).convertToDouble();
  };
  if (value.isSplat() || type.getRank() == 0)
    return eb.splat(type.getElementType(), element(0));
  // A chain of selects. Constants of more than a few elements are in memory, and the code generator
  // then never calls this.
  Index at = eb.linearize(index, rowMajorStrides(type.getShape()));
  Value result = eb.splat(type.getElementType(), element(0));
  for (int64_t i = 1; i < type.getNumElements(); ++i)
    result = eb.select(eb.equals(at, i), eb.splat(type.getElementType(), element(i)), result);
  return result;
}

// iota: y[i] = the linear index of i over dims

LogicalResult IotaOp::verify() {
  if (failed(checkDims("nn.iota", getLoc(), getDims(), getType().getRank(), /*ascending=*/false)))
    return failure();
  // Where the batch is at other dims too, strides are not known, and no code is generated.
  bool strided = batchDims(getType()) <= unsigned(isBatched(getType()));
  for (int64_t dim : getDims().drop_front(getDims().empty() ? 0 : 1))
    if (strided && getType().isDynamicDim(dim))
      return emitOpError("can count along the batch only as the first of its dims, not ")
             << listed(getDims());
  return success();
}

unsigned IotaOp::getCost() { return 1; }

Value IotaOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<int64_t> shape;
  SmallVector<Index> at;
  for (int64_t dim : getDims()) {
    shape.push_back(getType().getDimSize(dim));
    at.push_back(index[dim]);
  }
  return eb.toElement(eb.linearize(at, rowMajorStrides(shape)), getType().getElementType());
}

// batch_size: y = n

Value BatchSizeOp::buildAt(ElementBuilder &eb, ArrayRef<Index>) {
  return eb.toElement(eb.uniform(eb.batchSize()), getType().getElementType());
}

} // namespace nnc::nn
