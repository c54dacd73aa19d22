// Broadcasts move towards results: work is done before repetition, and repetition of a repetition
// is one.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/ShapeRules.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace nnc::nn {

// constant of equal elements = broadcast of a rank-0 constant, so that splats have one form for all
// shapes.
static LogicalResult shrinkSplat(ConstantOp op, PatternRewriter &b) {
  auto value = dyn_cast<DenseElementsAttr>(op.getValue());
  if (!value || op.getType().getRank() == 0 || !value.isSplat())
    return failure();
  b.replaceOp(op, buildSplat(b, op.getLoc(), op.getType(),
                             value.getSplatValue<APFloat>().convertToDouble()));
  return success();
}

// broadcast(broadcast x) = broadcast x;  broadcast x onto the same number of dims = transpose x
static LogicalResult mergeBroadcasts(BroadcastOp op, PatternRewriter &b) {
  if (auto inner = op.getX().getDefiningOp<BroadcastOp>()) {
    SmallVector<int64_t> dims;
    for (int64_t dim : inner.getDims())
      dims.push_back(op.getDims()[dim]);
    b.replaceOpWithNewOp<BroadcastOp>(op, op.getType(), inner.getX(), dims);
    return success();
  }
  if (int64_t(op.getDims().size()) == op.getType().getRank()) {
    b.replaceOpWithNewOp<TransposeOp>(op, op.getX(), invertPermutationVector(op.getDims()));
    return success();
  }
  return failure();
}

namespace {
/// f(broadcast a, broadcast b, …) = broadcast f(a, b, …): all operands broadcast alike, or from
/// rank 0.
struct ComputeBeforeBroadcast : OpInterfaceRewritePattern<ScalarBodyOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ScalarBodyOp op, PatternRewriter &b) const override {
    BroadcastOp widest;
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      if (!broadcast)
        return failure();
      if (!widest || broadcast.getX().getType().getRank() > widest.getX().getType().getRank())
        widest = broadcast;
    }
    if (!widest)
      return failure();
    ArrayRef<int64_t> shape = widest.getX().getType().getShape();
    SmallVector<Value> narrow;
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      auto x = broadcast.getX().getType();
      bool alike = broadcast.getDims() == widest.getDims() && x.getShape() == shape;
      if (!alike && x.getRank() != 0)
        return failure();
      // One that is alike already has the narrow shape, and is returned as it is.
      narrow.push_back(buildBroadcast(b, op.getLoc(), x.clone(shape), broadcast.getX(), {}));
    }
    auto wide = cast<RankedTensorType>(op->getResult(0).getType());
    OperationState state(op.getLoc(), op->getName(), narrow, wide.clone(shape), op->getAttrs());
    Operation *computed = b.create(state);
    b.replaceOpWithNewOp<BroadcastOp>(op, wide, computed->getResult(0), widest.getDims());
    return success();
  }
};

/// f(reshape a, reshape b, …) = reshape f(a, b, …): all operands reshaped from one shape, or
/// splats. Then reshapes meet and cancel.
struct ComputeBeforeReshape : OpInterfaceRewritePattern<ScalarBodyOp> {
  using OpInterfaceRewritePattern::OpInterfaceRewritePattern;

  LogicalResult matchAndRewrite(ScalarBodyOp op, PatternRewriter &b) const override {
    ReshapeOp first;
    for (Value operand : op->getOperands())
      if (auto reshape = operand.getDefiningOp<ReshapeOp>())
        first = first ? first : reshape;
    if (!first)
      return failure();
    ArrayRef<int64_t> shape = first.getX().getType().getShape();
    SmallVector<Value> before;
    for (Value operand : op->getOperands()) {
      auto reshape = operand.getDefiningOp<ReshapeOp>();
      auto splat = operand.getDefiningOp<BroadcastOp>();
      if (reshape && reshape.getX().getType().getShape() == shape)
        before.push_back(reshape.getX());
      else if (splat && splat.getX().getType().getRank() == 0)
        before.push_back(
            buildBroadcast(b, op.getLoc(), splat.getX().getType().clone(shape), splat.getX(), {}));
      else
        return failure();
    }
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    OperationState state(op.getLoc(), op->getName(), before, type.clone(shape), op->getAttrs());
    b.replaceOpWithNewOp<ReshapeOp>(op, type, b.create(state)->getResult(0));
    return success();
  }
};

/// Moving the elements of a splat about gives the same splat.
struct MoveOfSplat : RewritePattern {
  MoveOfSplat(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

  LogicalResult matchAndRewrite(Operation *op, PatternRewriter &b) const override {
    if (!isa<ReshapeOp, TransposeOp, SliceOp, ReverseOp, WindowsOp, DynamicSliceOp, PickOp>(op))
      return failure();
    auto splat = op->getOperand(0).getDefiningOp<BroadcastOp>();
    if (!splat || splat.getX().getType().getRank() != 0)
      return failure();
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    b.replaceOp(op, buildBroadcast(b, op->getLoc(), type, splat.getX(), {}));
    return success();
  }
};
} // namespace

/// The number of elements along `dims` of a tensor of type x, in `type`; the batch counts n.
static Value countAlong(PatternRewriter &b, Location loc, RankedTensorType x,
                        ArrayRef<int64_t> dims, RankedTensorType type) {
  double count = 1;
  bool batch = false;
  for (int64_t dim : dims)
    if (x.isDynamicDim(dim))
      batch = true;
    else
      count *= x.getDimSize(dim);
  Expr result(buildSplat(b, loc, type, count), b, loc);
  if (!batch)
    return result;
  auto scalar = RankedTensorType::get({}, type.getElementType());
  Value n = b.createOrFold<CastOp>(loc, scalar, b.create<BatchSizeOp>(loc));
  return result * result.with(buildBroadcast(b, loc, type, n, {}));
}

/// Σ x a = a Σ x where a repeats along the summed dims. Only if nobody else wants x a.
static LogicalResult takeFactorOut(ReduceSumOp op, PatternRewriter &b) {
  auto product = op.getX().getDefiningOp<MulOp>();
  if (!product || !product->hasOneUse())
    return failure();
  for (auto [x, factor] : {std::pair<Value, Value>(product.getA(), product.getB()),
                           std::pair<Value, Value>(product.getB(), product.getA())}) {
    auto broadcast = factor.getDefiningOp<BroadcastOp>();
    if (!broadcast || llvm::any_of(op.getDims(), [&](int64_t dim) {
          return llvm::is_contained(broadcast.getDims(), dim);
        }))
      continue;
    SmallVector<int64_t> kept = otherDims(product.getType().getRank(), op.getDims()), dims;
    for (int64_t dim : broadcast.getDims())
      dims.push_back(llvm::find(kept, dim) - kept.begin());
    Value few = broadcast.getX();
    bool identity = dims.size() == kept.size() && llvm::is_sorted(dims);
    Value again =
        identity ? few : b.create<BroadcastOp>(op.getLoc(), op.getType(), few, dims).getResult();
    Value sum = buildSum(b, op.getLoc(), x, op.getDims());
    b.replaceOpWithNewOp<MulOp>(op, sum, again);
    return success();
  }
  return failure();
}

// Σ of Σ = Σ over all;  Σ -x = -Σ x;  Σ x a = a Σ x where a repeats along the summed dims;
// Σ over dims along which x repeats = x times their number;  Σ over dims of size 1 = reshape
static LogicalResult simplifySum(ReduceSumOp op, PatternRewriter &b) {
  RankedTensorType x = op.getX().getType();
  if (auto negated = op.getX().getDefiningOp<NegOp>()) {
    b.replaceOpWithNewOp<NegOp>(op, buildSum(b, op.getLoc(), negated.getX(), op.getDims()));
    return success();
  }
  if (succeeded(takeFactorOut(op, b)))
    return success();
  if (op.getDims().empty()) {
    b.replaceOp(op, op.getX());
    return success();
  }
  if (auto inner = op.getX().getDefiningOp<ReduceSumOp>(); inner && inner->hasOneUse()) {
    SmallVector<int64_t> kept = otherDims(inner.getX().getType().getRank(), inner.getDims());
    SmallVector<int64_t> dims(inner.getDims());
    for (int64_t dim : op.getDims())
      dims.push_back(kept[dim]);
    llvm::sort(dims);
    b.replaceOpWithNewOp<ReduceSumOp>(op, inner.getX(), dims);
    return success();
  }
  if (auto broadcast = op.getX().getDefiningOp<BroadcastOp>()) {
    SmallVector<int64_t> repeated, others;
    for (int64_t dim : op.getDims())
      (llvm::is_contained(broadcast.getDims(), dim) ? others : repeated).push_back(dim);
    if (!repeated.empty()) {
      SmallVector<int64_t> kept = otherDims(x.getRank(), repeated), shape, dims, sums;
      auto newDim = [&](int64_t dim) { return llvm::find(kept, dim) - kept.begin(); };
      for (int64_t dim : kept)
        shape.push_back(x.getDimSize(dim));
      for (int64_t dim : broadcast.getDims())
        dims.push_back(newDim(dim));
      for (int64_t dim : others)
        sums.push_back(newDim(dim));
      Value narrow = buildBroadcast(b, op.getLoc(), x.clone(shape), broadcast.getX(), dims);
      Value sum = buildSum(b, op.getLoc(), narrow, sums);
      Expr value(sum, b, op.getLoc());
      Value count = countAlong(b, op.getLoc(), x, repeated, op.getType());
      b.replaceOp(op, Value(value * value.with(count)));
      return success();
    }
  }
  if (llvm::all_of(op.getDims(), [&](int64_t dim) { return x.getDimSize(dim) == 1; }) &&
      isBatched(x) == isBatched(op.getType())) {
    b.replaceOpWithNewOp<ReshapeOp>(op, op.getType(), op.getX());
    return success();
  }
  return failure();
}

void ConstantOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(shrinkSplat);
}
void ReduceSumOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifySum);
}
void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add(mergeBroadcasts);
}

void NnDialect::getCanonicalizationPatterns(RewritePatternSet &patterns) const {
  patterns.add<ComputeBeforeBroadcast, ComputeBeforeReshape, MoveOfSplat>(getContext());
}

} // namespace nnc::nn
