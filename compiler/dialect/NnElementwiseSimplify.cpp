// Algebra of elementwise ops. What is legal is said in compiler/transforms/Simplify.h: no result becomes less
// accurate, no NaN or infinity is hidden, the sign of a zero is not kept.
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc::nn {

static bool isConstant(Value v, double c) {
  auto constant = getSplatConstant(v);
  return constant && *constant == c;
}

/// Whether no element can be infinite or NaN, as far as a look at v alone tells.
static bool isFinite(Value v) {
  if (auto constant = getSplatConstant(v))
    return std::isfinite(*constant);
  if (auto broadcast = v.getDefiningOp<BroadcastOp>())
    return isFinite(broadcast.getX());
  Operation *op = v.getDefiningOp();
  return isa_and_nonnull<EqOp, NeOp, LtOp, LeOp, GtOp, GeOp, IotaOp, ArgmaxOp, RandomUniformOp, BatchSizeOp>(op);
}

static Expr expr(Value v, Operation *at, PatternRewriter &b) { return Expr(v, b, at->getLoc()); }

static LogicalResult replace(PatternRewriter &b, Operation *op, Value v) {
  b.replaceOp(op, v);
  return success();
}

// -(-x) = x;  -(a - b) = b - a
static LogicalResult simplifyNeg(NegOp op, PatternRewriter &b) {
  if (auto inner = op.getX().getDefiningOp<NegOp>())
    return replace(b, op, inner.getX());
  if (auto inner = op.getX().getDefiningOp<SubOp>())
    return replace(b, op, b.create<SubOp>(op.getLoc(), inner.getB(), inner.getA()));
  return failure();
}

// x + 0 = x;  x + (-y) = x - y
static LogicalResult simplifyAdd(AddOp op, PatternRewriter &b) {
  for (auto [x, y] : {std::pair<Value, Value>(op.getA(), op.getB()), std::pair<Value, Value>(op.getB(), op.getA())}) {
    if (isConstant(y, 0))
      return replace(b, op, x);
    if (auto negated = y.getDefiningOp<NegOp>())
      return replace(b, op, b.create<SubOp>(op.getLoc(), x, negated.getX()));
  }
  return failure();
}

// x - 0 = x;  0 - x = -x;  x - (-y) = x + y;  -x - y = -(x + y)
static LogicalResult simplifySub(SubOp op, PatternRewriter &b) {
  if (isConstant(op.getB(), 0))
    return replace(b, op, op.getA());
  if (isConstant(op.getA(), 0))
    return replace(b, op, b.create<NegOp>(op.getLoc(), op.getB()));
  if (auto negated = op.getB().getDefiningOp<NegOp>())
    return replace(b, op, b.create<AddOp>(op.getLoc(), op.getA(), negated.getX()));
  if (auto negated = op.getA().getDefiningOp<NegOp>())
    return replace(b, op, -(expr(negated.getX(), op, b) + expr(op.getB(), op, b)));
  return failure();
}

// 1 x = x;  -1 x = -x;  0 x = 0 if x is finite;  (-x) y = -(x y), so that signs meet sums;  x (1 / y) = x / y if
// nothing else wants 1 / y;  c (d x) = (c d) x where c d is exact
static LogicalResult simplifyMul(MulOp op, PatternRewriter &b) {
  for (auto [x, y] : {std::pair<Value, Value>(op.getA(), op.getB()), std::pair<Value, Value>(op.getB(), op.getA())}) {
    if (isConstant(y, 1) || (isConstant(x, 0) && isFinite(y)))
      return replace(b, op, x);
    if (isConstant(y, -1))
      return replace(b, op, b.create<NegOp>(op.getLoc(), x));
    if (auto negated = y.getDefiningOp<NegOp>())
      return replace(b, op, -(expr(x, op, b) * expr(negated.getX(), op, b)));
    if (auto quotient = y.getDefiningOp<DivOp>();
        quotient && quotient->hasOneUse() && isConstant(quotient.getA(), 1))
      return replace(b, op, b.create<DivOp>(op.getLoc(), x, quotient.getB()));
    auto outer = getSplatConstant(y);
    auto product = x.getDefiningOp<MulOp>();
    if (!outer || !product)
      continue;
    for (auto [z, c] : {std::pair<Value, Value>(product.getA(), product.getB()),
                        std::pair<Value, Value>(product.getB(), product.getA())})
      if (auto inner = getSplatConstant(c)) {
        int exponent;
        bool exact = std::abs(std::frexp(*inner, &exponent)) == 0.5 || std::abs(std::frexp(*outer, &exponent)) == 0.5;
        if (exact)
          return replace(b, op, expr(z, op, b) * (*inner * *outer));
      }
  }
  return failure();
}

// x / 1 = x;  x / c = x (1/c) where 1/c is exact;  (-x) / y = x / (-y) = -(x / y)
static LogicalResult simplifyDiv(DivOp op, PatternRewriter &b) {
  Expr x = expr(op.getA(), op, b), y = expr(op.getB(), op, b);
  if (auto c = getSplatConstant(op.getB())) {
    int exponent;
    if (*c == 1)
      return replace(b, op, x);
    if (std::isnormal(*c) && std::abs(std::frexp(*c, &exponent)) == 0.5 && std::abs(exponent) < 100)
      return replace(b, op, x * (1 / *c));
  }
  if (auto negated = op.getA().getDefiningOp<NegOp>())
    return replace(b, op, -(x.with(negated.getX()) / y));
  if (auto negated = op.getB().getDefiningOp<NegOp>())
    return replace(b, op, -(x / y.with(negated.getX())));
  return failure();
}

// a^b for a constant b: whole up to 4, 1/2, 3/2, and the reciprocals of these
static LogicalResult simplifyPow(PowOp op, PatternRewriter &b) {
  auto exponent = getSplatConstant(op.getB());
  if (!exponent)
    return failure();
  Expr x = expr(op.getA(), op, b);
  auto power = [&](double e) -> Value {
    if (e == 0)
      return x.like(1);
    if (e == 0.5)
      return b.create<SqrtOp>(op.getLoc(), x);
    if (e == 1)
      return x;
    if (e == 1.5)
      return x * x.with(b.create<SqrtOp>(op.getLoc(), x));
    if (e == 2)
      return x * x;
    if (e == 3)
      return x * x * x;
    if (e != 4)
      return {};
    Expr square = x * x;
    return square * square;
  };
  Value result = power(std::abs(*exponent));
  if (!result)
    return failure();
  if (*exponent < 0)
    result = x.like(1) / x.with(result);
  return replace(b, op, result);
}

// select(constant, a, b);  select(c, a, a) = a;  select(c, select(c, a, _), b) = select(c, a, b) and likewise for b
static LogicalResult simplifySelect(SelectOp op, PatternRewriter &b) {
  if (auto cond = getSplatConstant(op.getCond()))
    return replace(b, op, *cond != 0 ? op.getA() : op.getB());
  if (op.getA() == op.getB())
    return replace(b, op, op.getA());
  auto innerA = op.getA().getDefiningOp<SelectOp>();
  if (innerA && innerA.getCond() == op.getCond())
    return replace(b, op, b.create<SelectOp>(op.getLoc(), op.getCond(), innerA.getA(), op.getB()));
  auto innerB = op.getB().getDefiningOp<SelectOp>();
  if (innerB && innerB.getCond() == op.getCond())
    return replace(b, op, b.create<SelectOp>(op.getLoc(), op.getCond(), op.getA(), innerB.getB()));
  return failure();
}

void NegOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifyNeg); }
void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifyAdd); }
void SubOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifySub); }
void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifyMul); }
void DivOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifyDiv); }
void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifyPow); }
void SelectOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) { patterns.add(simplifySelect); }

} // namespace nnc::nn
