// Shape rule, derivative and pull form of slice, pad, reverse, concat and dynamic_slice.
#include "compiler/dialect/nn/ShapeRules.h"

using namespace mlir;

namespace nnc::nn {

// slice: y[i] = x[start + stride i], start + stride i < limit;  dx = dy padded

LogicalResult SliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                        ValueRange operands, DictionaryAttr attributes,
                                        OpaqueProperties properties, RegionRange regions,
                                        SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || failed(checkPresent(name, loc,
                                {{"start", adaptor.getStartAttr()},
                                 {"limit", adaptor.getLimitAttr()},
                                 {"stride", adaptor.getStrideAttr()}})))
    return failure();
  ArrayRef<int64_t> start = adaptor.getStart(), limit = adaptor.getLimit(),
                    stride = adaptor.getStride();
  size_t rank = x.getRank();
  if (start.size() != rank || limit.size() != rank || stride.size() != rank)
    return mismatch(loc, name, "needs start, limit and stride for each of the ", rank, " dims of ",
                    x);
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < rank; ++i) {
    if (x.isDynamicDim(i)) {
      if (start[i] != 0 || limit[i] != -1 || stride[i] != 1)
        return mismatch(loc, name, "takes all of the batch: start 0, limit -1, stride 1");
      shape.push_back(ShapedType::kDynamic);
      continue;
    }
    if (start[i] < 0 || limit[i] <= start[i] || limit[i] > x.getDimSize(i) || stride[i] < 1)
      return mismatch(loc, name, "has no elements ", start[i], " to ", limit[i], " by ", stride[i],
                      " along dim ", i, " of ", x);
    shape.push_back(llvm::divideCeil(limit[i] - start[i], stride[i]));
  }
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

void SliceOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  RankedTensorType x = getX().getType(), y = getType();
  SmallVector<int64_t> low(getStart()), high, interior;
  for (int64_t i = 0; i < x.getRank(); ++i) {
    interior.push_back(getStride()[i] - 1);
    high.push_back(x.isDynamicDim(i)
                       ? 0
                       : x.getDimSize(i) - low[i] - (y.getDimSize(i) - 1) * getStride()[i] - 1);
  }
  d.give(0, d.builder().createOrFold<PadOp>(getLoc(), d.gradient(), low, high, interior));
}

unsigned SliceOp::getCost() { return 0; }

Value SliceOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at;
  for (auto [i, part] : llvm::enumerate(index))
    at.push_back(eb.add(eb.mul(part, getStride()[i]), getStart()[i]));
  return eb.load(0, at);
}

OpFoldResult SliceOp::fold(FoldAdaptor) {
  return getX().getType() == getType() ? OpFoldResult(getX()) : nullptr;
}

// pad: zeros around x, and interior zeros between its elements;  dx = dy sliced

LogicalResult PadOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                      ValueRange operands, DictionaryAttr attributes,
                                      OpaqueProperties properties, RegionRange regions,
                                      SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || failed(checkPresent(name, loc,
                                {{"low", adaptor.getLowAttr()},
                                 {"high", adaptor.getHighAttr()},
                                 {"interior", adaptor.getInteriorAttr()}})))
    return failure();
  ArrayRef<int64_t> low = adaptor.getLow(), high = adaptor.getHigh(),
                    interior = adaptor.getInterior();
  size_t rank = x.getRank();
  if (low.size() != rank || high.size() != rank || interior.size() != rank)
    return mismatch(loc, name, "needs low, high and interior for each of the ", rank, " dims of ",
                    x);
  SmallVector<int64_t> shape;
  for (size_t i = 0; i < rank; ++i) {
    if (low[i] < 0 || high[i] < 0 || interior[i] < 0)
      return mismatch(loc, name, "cannot pad by less than nothing along dim ", i, " of ", x);
    if (x.isDynamicDim(i)) {
      if (low[i] || high[i] || interior[i])
        return mismatch(loc, name, "cannot pad the batch of ", x);
      shape.push_back(ShapedType::kDynamic);
      continue;
    }
    shape.push_back(low[i] + (x.getDimSize(i) - 1) * (interior[i] + 1) + 1 + high[i]);
  }
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

void PadOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  RankedTensorType x = getX().getType();
  SmallVector<int64_t> limit, stride;
  for (int64_t i = 0; i < x.getRank(); ++i) {
    stride.push_back(getInterior()[i] + 1);
    limit.push_back(x.isDynamicDim(i) ? -1 : getLow()[i] + (x.getDimSize(i) - 1) * stride[i] + 1);
  }
  d.give(0, d.builder().createOrFold<SliceOp>(getLoc(), d.gradient(), getLow(), limit, stride));
}

unsigned PadOp::getCost() { return 2; }

SmallVector<int64_t> PadOp::getNonZeroPart() {
  SmallVector<int64_t> part;
  for (auto [low, high, size] : llvm::zip(getLow(), getHigh(), getType().getShape())) {
    part.push_back(low);
    part.push_back(ShapedType::isDynamic(size) ? std::numeric_limits<int64_t>::max() : size - high);
  }
  return part;
}

Value PadOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  RankedTensorType x = getX().getType();
  SmallVector<Index> at;
  Value inside;
  for (auto [i, dimIndex] : llvm::enumerate(index)) {
    Index part = dimIndex;
    int64_t low = getLow()[i], step = getInterior()[i] + 1;
    int64_t span = x.isDynamicDim(i) ? 0 : (x.getDimSize(i) - 1) * step + 1;
    if (low) {
      inside = eb.both(inside, eb.atLeast(part, low));
      // Shift by a multiple of step, so that the dividend of the division below is not negative.
      part = eb.add(part, step == 1 ? -low : llvm::alignTo(low, step) - low);
    }
    if (getHigh()[i])
      inside = eb.both(inside, eb.lessThan(index[i], low + span));
    if (step != 1) {
      inside = eb.both(inside, eb.equals(eb.mod(part, step), 0));
      part = eb.floorDiv(part, step);
      if (low)
        part = eb.add(part, -int64_t(llvm::alignTo(low, step)) / step);
    }
    at.push_back(part);
  }
  return eb.load(0, at, inside);
}

OpFoldResult PadOp::fold(FoldAdaptor) {
  return getX().getType() == getType() ? OpFoldResult(getX()) : nullptr;
}

// reverse: y = x with the order along dims reversed;  dx = dy reversed

LogicalResult ReverseOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          ValueRange operands, DictionaryAttr attributes,
                                          OpaqueProperties properties, RegionRange regions,
                                          SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || failed(checkPresent(name, loc, {{"dims", adaptor.getDimsAttr()}})) ||
      failed(checkDims(name, loc, adaptor.getDims(), x.getRank())))
    return failure();
  types.assign(1, x);
  return success();
}

void ReverseOp::backward(Derivation &d) {
  if (d.wants(0))
    d.give(0, d.builder().createOrFold<ReverseOp>(getLoc(), d.gradient(), getDims()));
}

unsigned ReverseOp::getCost() { return 0; }

Value ReverseOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at(index);
  for (int64_t dim : getDims()) {
    at[dim] = eb.add(eb.mul(at[dim], -1), getType().isDynamicDim(dim)
                                              ? eb.uniform(eb.batchSize())
                                              : eb.constant(getType().getDimSize(dim)));
    at[dim] = eb.add(at[dim], -1);
  }
  return eb.load(0, at);
}

OpFoldResult ReverseOp::fold(FoldAdaptor) {
  if (getDims().empty())
    return getX();
  auto inner = getX().getDefiningOp<ReverseOp>();
  return inner && inner.getDims() == getDims() ? OpFoldResult(inner.getX()) : nullptr;
}

// concat: y = the operands one after another along dim;  dxᵢ = its slice of dy

LogicalResult ConcatOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                         ValueRange operands, DictionaryAttr attributes,
                                         OpaqueProperties properties, RegionRange regions,
                                         SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto first = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!first || failed(checkPresent(name, loc, {{"dim", adaptor.getDimAttr()}})))
    return failure();
  int64_t dim = adaptor.getDim();
  if (failed(checkDims(name, loc, dim, first.getRank())))
    return failure();
  if (first.isDynamicDim(dim))
    return mismatch(loc, name, "cannot join along the batch of ", first);
  SmallVector<int64_t> shape(first.getShape());
  for (unsigned i = 1; i < operands.size(); ++i) {
    auto other = tensorOperand(name, loc, operands, i);
    if (!other)
      return failure();
    SmallVector<int64_t> expected(first.getShape());
    if (other.getRank() == first.getRank())
      expected[dim] = other.getDimSize(dim);
    if (other != RankedTensorType::get(expected, first.getElementType()))
      return mismatch(loc, name, "along dim ", dim, " needs equal other dims, not ", first, " and ",
                      other);
    shape[dim] += other.getDimSize(dim);
  }
  types.assign(1, RankedTensorType::get(shape, first.getElementType()));
  return success();
}

void ConcatOp::backward(Derivation &d) {
  RankedTensorType y = getType();
  SmallVector<int64_t> start(y.getRank(), 0), stride(y.getRank(), 1), limit(y.getShape());
  takeWholeBatch(y, limit);
  int64_t offset = 0;
  for (auto [i, x] : llvm::enumerate(getXs())) {
    start[getDim()] = offset;
    limit[getDim()] = offset += cast<RankedTensorType>(x.getType()).getDimSize(getDim());
    if (d.wants(i))
      d.give(i, d.builder().createOrFold<SliceOp>(getLoc(), d.gradient(), start, limit, stride));
  }
}

unsigned ConcatOp::getCost() { return 2 * getNumOperands(); }

Value ConcatOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  Value result;
  int64_t offset = 0;
  for (auto [i, x] : llvm::enumerate(getXs())) {
    int64_t size = cast<RankedTensorType>(x.getType()).getDimSize(getDim());
    SmallVector<Index> at(index);
    at[getDim()] = eb.add(index[getDim()], -offset);
    Value mask = i == 0 ? Value() : eb.atLeast(index[getDim()], offset);
    if (i + 1 < getNumOperands())
      mask = eb.both(mask, eb.lessThan(index[getDim()], offset + size));
    Value part = eb.load(i, at, mask);
    result = result ? eb.select(mask, part, result) : part;
    offset += size;
  }
  return result;
}

OpFoldResult ConcatOp::fold(FoldAdaptor) {
  return getNumOperands() == 1 ? OpFoldResult(getXs()[0]) : nullptr;
}

// dynamic_slice: for each example: y = x[… + offset …], offsets clamped so that the window is
// inside x

LogicalResult DynamicSliceOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               ValueRange operands, DictionaryAttr attributes,
                                               OpaqueProperties properties, RegionRange regions,
                                               SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0), offsets = tensorOperand(name, loc, operands, 1);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || !offsets || failed(checkBatchFirst(name, loc, x)) ||
      failed(checkPresent(name, loc,
                          {{"dims", adaptor.getDimsAttr()}, {"sizes", adaptor.getSizesAttr()}})))
    return failure();
  ArrayRef<int64_t> dims = adaptor.getDims(), sizes = adaptor.getSizes();
  if (failed(checkDims(name, loc, dims, x.getRank(), /*ascending=*/false)))
    return failure();
  if (dims.size() != sizes.size())
    return mismatch(loc, name, "needs one size for each of the dims ", listed(dims), ", not ",
                    listed(sizes));
  SmallVector<int64_t> expected, shape(x.getShape());
  if (isBatched(x))
    expected.push_back(ShapedType::kDynamic);
  expected.push_back(dims.size());
  if (offsets.getShape() != ArrayRef<int64_t>(expected))
    return mismatch(loc, name, "of ", x, " along ", listed(dims), " needs offsets of shape ",
                    RankedTensorType::get(expected, x.getElementType()), ", not ", offsets);
  for (auto [dim, size] : llvm::zip_equal(dims, sizes)) {
    if (x.isDynamicDim(dim) || size < 1 || size > x.getDimSize(dim))
      return mismatch(loc, name, "has no window of ", size, " along dim ", dim, " of ", x);
    shape[dim] = size;
  }
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

unsigned DynamicSliceOp::getCost() { return 4 * getDims().size(); }

Value DynamicSliceOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at(index);
  for (auto [k, dim] : llvm::enumerate(getDims())) {
    SmallVector<Index> which;
    if (isBatched(getX().getType()))
      which.push_back(index[0]);
    which.push_back(eb.constant(k));
    int64_t choices = getX().getType().getDimSize(dim) - getSizes()[k] + 1;
    at[dim] = eb.add(index[dim], eb.toIndex(eb.load(1, which), choices));
  }
  return eb.load(0, at);
}

} // namespace nnc::nn
