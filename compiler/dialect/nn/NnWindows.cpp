// The ops windows and fold, which are each other's derivative.
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Arith/IR/Arith.h"

using namespace mlir;

namespace nnc::nn {

static LogicalResult checkWindows(StringRef name, std::optional<Location> loc, RankedTensorType x,
                                  ArrayRef<int64_t> dims, ArrayRef<int64_t> sizes,
                                  ArrayRef<int64_t> stride, ArrayRef<int64_t> dilation) {
  if (failed(checkDims(name, loc, dims, x.getRank())))
    return failure();
  if (sizes.size() != dims.size() || stride.size() != dims.size() || dilation.size() != dims.size())
    return mismatch(loc, name, "needs a size, a stride and a dilation for each of the dims ",
                    listed(dims));
  for (int64_t positive : llvm::concat<const int64_t>(sizes, stride, dilation))
    if (positive < 1)
      return mismatch(loc, name, "needs sizes, strides and dilations of at least 1, not ",
                      positive);
  if (llvm::any_of(dims, [&](int64_t dim) { return x.isDynamicDim(dim); }))
    return mismatch(loc, name, "cannot slide along the batch of ", x);
  return success();
}

// windows: y[…, o, …, r] = x[…, stride o + dilation r, …];  dx = fold dy

void WindowsOp::build(OpBuilder &b, OperationState &state, Value x, ArrayRef<int64_t> dims,
                      ArrayRef<int64_t> size, ArrayRef<int64_t> stride) {
  build(b, state, x, dims, size, stride, SmallVector<int64_t>(dims.size(), 1));
}

LogicalResult WindowsOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                          ValueRange operands, DictionaryAttr attributes,
                                          OpaqueProperties properties, RegionRange regions,
                                          SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || failed(checkPresent(name, loc,
                                {{"dims", adaptor.getDimsAttr()},
                                 {"size", adaptor.getSizeAttr()},
                                 {"stride", adaptor.getStrideAttr()},
                                 {"dilation", adaptor.getDilationAttr()}})))
    return failure();
  ArrayRef<int64_t> dims = adaptor.getDims(), size = adaptor.getSize();
  if (failed(checkWindows(name, loc, x, dims, size, adaptor.getStride(), adaptor.getDilation())))
    return failure();
  SmallVector<int64_t> shape(x.getShape());
  for (auto [k, dim] : llvm::enumerate(dims)) {
    int64_t span = (size[k] - 1) * adaptor.getDilation()[k] + 1;
    if (span > shape[dim])
      return mismatch(loc, name, "needs at least ", span, " elements along dim ", dim, " of ", x);
    shape[dim] = (shape[dim] - span) / adaptor.getStride()[k] + 1;
  }
  shape.append(size.begin(), size.end());
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

void WindowsOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  SmallVector<int64_t> extent;
  for (int64_t dim : getDims())
    extent.push_back(getX().getType().getDimSize(dim));
  d.give(0, d.builder().create<FoldOp>(getLoc(), d.gradient(), getDims(), extent, getStride(),
                                       getDilation()));
}

unsigned WindowsOp::getCost() { return 0; }

Value WindowsOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  size_t rank = getX().getType().getRank();
  SmallVector<Index> at(index.take_front(rank));
  for (auto [k, dim] : llvm::enumerate(getDims()))
    at[dim] = eb.add(eb.mul(index[dim], getStride()[k]), eb.mul(index[rank + k], getDilation()[k]));
  return eb.load(0, at);
}

// fold: y[…, h, …] = Σ over stride o + dilation r = h of x[…, o, …, r];  dx = windows dy

LogicalResult FoldOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                       ValueRange operands, DictionaryAttr attributes,
                                       OpaqueProperties properties, RegionRange regions,
                                       SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0);
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!x || failed(checkPresent(name, loc,
                                {{"dims", adaptor.getDimsAttr()},
                                 {"extent", adaptor.getExtentAttr()},
                                 {"stride", adaptor.getStrideAttr()},
                                 {"dilation", adaptor.getDilationAttr()}})))
    return failure();
  ArrayRef<int64_t> dims = adaptor.getDims(), extent = adaptor.getExtent();
  int64_t rank = x.getRank() - int64_t(dims.size());
  if (rank < int64_t(dims.size()))
    return mismatch(loc, name, "needs a trailing dim for each of the dims ", listed(dims),
                    ", but gets ", x);
  auto whole = RankedTensorType::get(x.getShape().take_front(rank), x.getElementType());
  if (failed(
          checkWindows(name, loc, whole, dims, extent, adaptor.getStride(), adaptor.getDilation())))
    return failure();
  SmallVector<int64_t> shape(whole.getShape());
  for (auto [k, dim] : llvm::enumerate(dims)) {
    int64_t reach = (shape[dim] - 1) * adaptor.getStride()[k] +
                    (x.getDimSize(rank + k) - 1) * adaptor.getDilation()[k];
    if (reach >= extent[k])
      return mismatch(loc, name, "reaches element ", reach, " along dim ", dim,
                      ", beyond its extent of ", extent[k]);
    shape[dim] = extent[k];
  }
  types.assign(1, RankedTensorType::get(shape, x.getElementType()));
  return success();
}

void FoldOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  SmallVector<int64_t> size(getX().getType().getShape().take_back(getDims().size()));
  // The extent of a fold may exceed that of its windows. Then windows of dy has more windows than
  // x.
  Value windows = d.builder().create<WindowsOp>(getLoc(), d.gradient(), getDims(), size,
                                                getStride(), getDilation());
  auto from = cast<RankedTensorType>(windows.getType());
  SmallVector<int64_t> start(from.getRank(), 0), stride(from.getRank(), 1),
      limit(getX().getType().getShape());
  takeWholeBatch(from, limit);
  d.give(0, d.builder().createOrFold<SliceOp>(getLoc(), windows, start, limit, stride));
}

unsigned FoldOp::getCost() {
  unsigned cost = 4;
  for (auto [k, dim] : llvm::enumerate(getDims())) {
    int64_t size = getX().getType().getShape().take_back(getDims().size())[k];
    cost *= getStride()[k] == size && getDilation()[k] == 1 ? 1 : size;
  }
  return cost;
}

namespace {
/// The sum over window elements, dim by dim. `at` and `inside` are complete for the dims that have
/// been processed.
struct FoldSum {
  FoldOp op;
  ElementBuilder &eb;
  int64_t rank;

  Value over(size_t k, SmallVector<Index> at, Value inside, Value sum) {
    if (k == op.getDims().size()) {
      Value element = eb.load(0, at, inside);
      return eb.builder().create<arith::AddFOp>(eb.location(), sum, element);
    }
    int64_t dim = op.getDims()[k], stride = op.getStride()[k], dilation = op.getDilation()[k];
    int64_t size = op.getX().getType().getDimSize(rank + k),
            count = op.getX().getType().getDimSize(dim);
    Index h = at[dim];
    if (stride == size && dilation == 1) {
      // The windows do not overlap, so each element is in at most one.
      at[dim] = eb.floorDiv(h, stride);
      at[rank + k] = eb.mod(h, stride);
      Value within = count * stride == op.getExtent()[k] ? Value() : eb.lessThan(at[dim], count);
      return over(k + 1, at, eb.both(inside, within), sum);
    }
    // h = stride o + dilation r. For each r, o = (h - dilation r) / stride if that is whole and in
    // range. `shift` keeps the dividend from being negative.
    int64_t shift = llvm::divideCeil(dilation * (size - 1), stride);
    return eb.accumulate(size, sum, [&](Index r, Value partial) {
      Index moved = eb.add(eb.add(h, eb.mul(r, -dilation)), shift * stride);
      Index o = eb.floorDiv(moved, stride);
      Value within = eb.both(eb.atLeast(o, shift), eb.lessThan(o, shift + count));
      if (stride != 1)
        within = eb.both(within, eb.equals(eb.mod(moved, stride), 0));
      at[dim] = eb.add(o, -shift);
      at[rank + k] = r;
      return over(k + 1, at, eb.both(inside, within), partial);
    });
  }
};
} // namespace

Value FoldOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at(index);
  at.append(getDims().size(), eb.constant(0));
  Value zero = eb.splat(getType().getElementType(), 0);
  return FoldSum{*this, eb, getType().getRank()}.over(0, at, {}, zero);
}

} // namespace nnc::nn
