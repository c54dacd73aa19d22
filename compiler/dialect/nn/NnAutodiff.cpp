// The ops for differentiation: gradient, argument, with_derivative, stop_gradient, total.
#include "compiler/dialect/nn/ShapeRules.h"

using namespace mlir;

namespace nnc::nn {

// gradient: ∂y/∂v for each v of wrt

LogicalResult GradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                           ValueRange operands, DictionaryAttr, OpaqueProperties,
                                           RegionRange, SmallVectorImpl<Type> &types) {
  for (unsigned i = 0; i < operands.size(); ++i)
    if (!tensorOperand(getOperationName(), loc, operands, i))
      return failure();
  auto y = tensorOperand(getOperationName(), loc, operands, 0);
  if (!y)
    return failure();
  if (y.getRank() != 0)
    return mismatch(loc, getOperationName(), "needs one number to differentiate, not ", y);
  llvm::append_range(types, operands.drop_front().getTypes());
  return success();
}

Value GradientOp::getOf() { return getY(); }
ValueRange GradientOp::getWithRespectTo() { return getWrt(); }

// argument: y = x;  dx = dy

LogicalResult ArgumentOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                           ValueRange operands, DictionaryAttr, OpaqueProperties,
                                           RegionRange, SmallVectorImpl<Type> &types) {
  if (!tensorOperand(getOperationName(), loc, operands, 0))
    return failure();
  types.assign(1, operands[0].getType());
  return success();
}

void ArgumentOp::backward(Derivation &d) {
  if (d.wants(0))
    d.give(0, d.gradient());
}

Value ArgumentOp::getForwarded() { return getX(); }

// with_derivative: the value is y;  dx = dy d

LogicalResult WithDerivativeOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                                 ValueRange operands, DictionaryAttr,
                                                 OpaqueProperties, RegionRange,
                                                 SmallVectorImpl<Type> &types) {
  for (unsigned i = 0; i < 3; ++i)
    if (!tensorOperand(getOperationName(), loc, operands, i))
      return failure();
  for (Type other : operands.drop_front().getTypes())
    if (other != operands[0].getType())
      return mismatch(loc, getOperationName(),
                      "needs a value, an argument and a derivative of one type, not ",
                      operands[0].getType(), " and ", other);
  types.assign(1, operands[0].getType());
  return success();
}

void WithDerivativeOp::backward(Derivation &d) {
  if (d.wants(1))
    d.give(1, d.gradient() * d.operand(2));
}

Value WithDerivativeOp::getForwarded() { return getY(); }
Value WithDerivativeOp::getValue() { return getY(); }
Value WithDerivativeOp::getBy() { return getX(); }

// stop_gradient: y = x;  dx = 0

LogicalResult StopGradientOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                               ValueRange operands, DictionaryAttr,
                                               OpaqueProperties, RegionRange,
                                               SmallVectorImpl<Type> &types) {
  if (!tensorOperand(getOperationName(), loc, operands, 0))
    return failure();
  types.assign(1, operands[0].getType());
  return success();
}

Value StopGradientOp::getForwarded() { return getX(); }

// total: y = Σ x over the batch, or n x

LogicalResult TotalOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                        ValueRange operands, DictionaryAttr, OpaqueProperties,
                                        RegionRange, SmallVectorImpl<Type> &types) {
  auto x = tensorOperand(getOperationName(), loc, operands, 0);
  if (!x || failed(checkBatchFirst(getOperationName(), loc, x)))
    return failure();
  types.assign(
      1, isBatched(x) ? RankedTensorType::get(x.getShape().drop_front(), x.getElementType()) : x);
  return success();
}

/// n as every element of `type`.
static Value batchSizeAs(OpBuilder &b, Location loc, RankedTensorType type) {
  Value n = b.create<BatchSizeOp>(loc);
  auto scalar = RankedTensorType::get({}, type.getElementType());
  return buildBroadcast(b, loc, type, b.createOrFold<CastOp>(loc, scalar, n), {});
}

void TotalOp::backward(Derivation &d) {
  RankedTensorType x = getX().getType();
  if (!d.wants(0))
    return;
  if (isBatched(x))
    d.give(0, buildBroadcast(d.builder(), getLoc(), x, d.gradient(), otherDims(x.getRank(), 0)));
  else
    d.give(0, d.gradient() * d.of(batchSizeAs(d.builder(), getLoc(), x)));
}

namespace {
struct ExpandTotal : OpRewritePattern<TotalOp> {
  using OpRewritePattern::OpRewritePattern;
  LogicalResult matchAndRewrite(TotalOp op, PatternRewriter &b) const override {
    if (isBatched(op.getX().getType()))
      b.replaceOpWithNewOp<ReduceSumOp>(op, op.getX(), ArrayRef<int64_t>{0});
    else
      b.replaceOpWithNewOp<MulOp>(op, op.getX(), batchSizeAs(b, op.getLoc(), op.getType()));
    return success();
  }
};
} // namespace

void TotalOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *context) {
  patterns.add<ExpandTotal>(context);
}

} // namespace nnc::nn
