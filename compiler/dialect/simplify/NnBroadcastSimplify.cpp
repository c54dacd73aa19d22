// Moves broadcasts towards results, so that computation comes before repetition, and merges
// broadcasts of broadcasts.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/Dialect/Utils/IndexingUtils.h"

using namespace mlir;

namespace nnc::nn {

// constant of equal elements = broadcast of a rank-0 constant. So splats of all shapes have the
// same form.
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
/// f(broadcast a, broadcast b, …) = broadcast f(a, b, …), if all operands are broadcast alike or
/// from rank 0.
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
    // A pattern that fails must not have built anything, or it would be tried again forever.
    for (Value operand : op->getOperands()) {
      auto broadcast = operand.getDefiningOp<BroadcastOp>();
      auto x = broadcast.getX().getType();
      bool alike = broadcast.getDims() == widest.getDims() && x.getShape() == shape;
      if (!alike && x.getRank() != 0)
        return failure();
      narrow.push_back(broadcast.getX());
    }
    // An operand that is broadcast alike already has the narrow shape; buildBroadcast returns it
    // unchanged.
    for (Value &x : narrow)
      x = buildBroadcast(b, op.getLoc(), cast<RankedTensorType>(x.getType()).clone(shape), x, {});
    auto wide = cast<RankedTensorType>(op->getResult(0).getType());
    OperationState state(op.getLoc(), op->getName(), narrow, wide.clone(shape), op->getAttrs());
    Operation *computed = b.create(state);
    b.replaceOpWithNewOp<BroadcastOp>(op, wide, computed->getResult(0), widest.getDims());
    return success();
  }
};

/// f(reshape a, reshape b, …) = reshape f(a, b, …), if all operands are reshaped from one shape or
/// are splats. Then reshapes meet and cancel.
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
        before.push_back(splat.getX());
      else
        return failure();
    }
    for (Value &x : before)
      if (auto type = cast<RankedTensorType>(x.getType()); type.getRank() == 0)
        x = buildBroadcast(b, op.getLoc(), type.clone(shape), x, {});
    auto type = cast<RankedTensorType>(op->getResult(0).getType());
    OperationState state(op.getLoc(), op->getName(), before, type.clone(shape), op->getAttrs());
    b.replaceOpWithNewOp<ReshapeOp>(op, type, b.create(state)->getResult(0));
    return success();
  }
};

/// Moving the elements of a splat gives the same splat.
struct MoveOfSplat : RewritePattern {
  explicit MoveOfSplat(MLIRContext *context) : RewritePattern(MatchAnyOpTypeTag(), 1, context) {}

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

void ConstantOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(shrinkSplat);
}
void BroadcastOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add(mergeBroadcasts);
}

void NnDialect::getCanonicalizationPatterns(RewritePatternSet &patterns) const {
  patterns.add<ComputeBeforeBroadcast, ComputeBeforeReshape, MoveOfSplat>(getContext());
}

} // namespace nnc::nn
