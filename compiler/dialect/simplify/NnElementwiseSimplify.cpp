// Simplifies elementwise ops by algebra. compiler/transforms/Simplify.h says what is legal: the
// result must stay the same bit for bit for all operands, including NaN, infinities and zeros of
// both signs. Only simplifyPow may round differently.
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc::nn {

/// A zero equals only a zero of the same sign: x - 0 is x for every x, but x + 0 is not x for x =
/// -0.
static bool isConstant(Value v, double c) {
  auto constant = getSplatConstant(v);
  return constant && *constant == c && std::signbit(*constant) == std::signbit(c);
}

/// Whether every element is finite and no element is below +0, judging by the op of v alone.
static bool isFiniteAndPositive(Value v) {
  if (auto constant = getSplatConstant(v))
    return std::isfinite(*constant) && !std::signbit(*constant);
  if (auto broadcast = v.getDefiningOp<BroadcastOp>())
    return isFiniteAndPositive(broadcast.getX());
  Operation *op = v.getDefiningOp();
  return isa_and_nonnull<EqOp, NeOp, LtOp, LeOp, GtOp, GeOp, IotaOp, ArgmaxOp, RandomUniformOp,
                         BatchSizeOp>(op);
}

/// Whether all elements are 0 or 1.
static bool isTruth(Value v) {
  if (auto broadcast = v.getDefiningOp<BroadcastOp>())
    return isTruth(broadcast.getX());
  return isa_and_nonnull<EqOp, NeOp, LtOp, LeOp, GtOp, GeOp>(v.getDefiningOp());
}

static Expr expr(Value v, Operation *at, PatternRewriter &b) { return Expr(v, b, at->getLoc()); }

static LogicalResult replace(PatternRewriter &b, Operation *op, Value v) {
  b.replaceOp(op, v);
  return success();
}

// -(-x) = x
static LogicalResult simplifyNeg(NegOp op, PatternRewriter &b) {
  if (auto inner = op.getX().getDefiningOp<NegOp>())
    return replace(b, op, inner.getX());
  return failure();
}

// |-x| = |x|
static LogicalResult simplifyAbs(AbsOp op, PatternRewriter &b) {
  auto inner = op.getX().getDefiningOp<NegOp>();
  return inner ? replace(b, op, b.create<AbsOp>(op.getLoc(), inner.getX())) : failure();
}

// x + -0 = x;  x + (-y) = x - y;  x + x = 2 x
static LogicalResult simplifyAdd(AddOp op, PatternRewriter &b) {
  if (op.getA() == op.getB())
    return replace(b, op, expr(op.getA(), op, b) * 2.0);
  for (auto [x, y] : {std::pair<Value, Value>(op.getA(), op.getB()),
                      std::pair<Value, Value>(op.getB(), op.getA())}) {
    if (isConstant(y, -0.0))
      return replace(b, op, x);
    if (auto negated = y.getDefiningOp<NegOp>())
      return replace(b, op, b.create<SubOp>(op.getLoc(), x, negated.getX()));
  }
  return failure();
}

// x - 0 = x;  -0 - x = -x;  x - (-y) = x + y
static LogicalResult simplifySub(SubOp op, PatternRewriter &b) {
  if (isConstant(op.getB(), 0))
    return replace(b, op, op.getA());
  if (isConstant(op.getA(), -0.0))
    return replace(b, op, b.create<NegOp>(op.getLoc(), op.getB()));
  if (auto negated = op.getB().getDefiningOp<NegOp>())
    return replace(b, op, b.create<AddOp>(op.getLoc(), op.getA(), negated.getX()));
  return failure();
}

// 1 x = x;  -1 x = -x;  0 x = 0 if x is finite and not negative;  (-x) y = -(x y), so that signs
// can merge with sums
static LogicalResult simplifyMul(MulOp op, PatternRewriter &b) {
  for (auto [x, y] : {std::pair<Value, Value>(op.getA(), op.getB()),
                      std::pair<Value, Value>(op.getB(), op.getA())}) {
    if (isConstant(y, 1) || (isConstant(x, 0) && isFiniteAndPositive(y)))
      return replace(b, op, x);
    if (isConstant(y, -1))
      return replace(b, op, b.create<NegOp>(op.getLoc(), x));
    if (auto negated = y.getDefiningOp<NegOp>())
      return replace(b, op, -(expr(x, op, b) * expr(negated.getX(), op, b)));
  }
  return failure();
}

// x / 1 = x;  x / c = x (1/c) where 1/c is exact;  (-x) / y = x / (-y) = -(x / y). In every other
// case the IEEE quotient must stay: 41 / 41 is 1, but 41 (1 / 41) is not, and remainders depend on
// it.
static LogicalResult simplifyDiv(DivOp op, PatternRewriter &b) {
  Expr x = expr(op.getA(), op, b), y = expr(op.getB(), op, b);
  if (auto c = getSplatConstant(op.getB())) {
    int exponent;
    if (*c == 1)
      return replace(b, op, x);
    if (std::isnormal(*c) && std::abs(std::frexp(*c, &exponent)) == 0.5 && std::abs(exponent) < 100)
      return replace(b, op, x * (1 / *c));
    return failure();
  }
  if (auto negated = op.getA().getDefiningOp<NegOp>())
    return replace(b, op, -(x.with(negated.getX()) / y));
  if (auto negated = op.getB().getDefiningOp<NegOp>())
    return replace(b, op, -(x / y.with(negated.getX())));
  return failure();
}

// a^b for a constant b: 0, 1, 2, 3, 4, 1/2 or 3/2, or the negative of one of these
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

// x > c is max(x, c) > c: if that maximum is computed anyway, x itself need not be kept
template <typename OpT>
static LogicalResult askTheMaximum(OpT op, Value x, Value c, PatternRewriter &b) {
  auto bound = getSplatConstant(c);
  if (!bound)
    return failure();
  for (Operation *user : x.getUsers()) {
    auto max = dyn_cast<MaxOp>(user);
    if (!max || !max->isBeforeInBlock(op) || max->getBlock() != op->getBlock())
      continue;
    Value other = max.getA() == x ? max.getB() : max.getA();
    if (getSplatConstant(other) != bound)
      continue;
    b.modifyOpInPlace(op, [&] { op->replaceUsesOfWith(x, max); });
    return success();
  }
  return failure();
}
static LogicalResult simplifyGt(GtOp op, PatternRewriter &b) {
  return askTheMaximum(op, op.getA(), op.getB(), b);
}
static LogicalResult simplifyLt(LtOp op, PatternRewriter &b) {
  return askTheMaximum(op, op.getB(), op.getA(), b);
}

// select(constant, a, b);  select(c, a, a) = a;  select(c, 1, 0) = c if c is 0 or 1;
// select(c, select(c, a, _), b) = select(c, a, b) and likewise for b
static LogicalResult simplifySelect(SelectOp op, PatternRewriter &b) {
  if (auto cond = getSplatConstant(op.getCond()))
    return replace(b, op, *cond != 0 ? op.getA() : op.getB());
  if (op.getA() == op.getB())
    return replace(b, op, op.getA());
  if (isConstant(op.getA(), 1) && isConstant(op.getB(), 0) && isTruth(op.getCond()))
    return replace(b, op, op.getCond());
  auto innerA = op.getA().getDefiningOp<SelectOp>();
  if (innerA && innerA.getCond() == op.getCond())
    return replace(b, op, b.create<SelectOp>(op.getLoc(), op.getCond(), innerA.getA(), op.getB()));
  auto innerB = op.getB().getDefiningOp<SelectOp>();
  if (innerB && innerB.getCond() == op.getCond())
    return replace(b, op, b.create<SelectOp>(op.getLoc(), op.getCond(), op.getA(), innerB.getB()));
  return failure();
}

void NegOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyNeg);
}
void AbsOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyAbs);
}
void AddOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyAdd);
}
void SubOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifySub);
}
void MulOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyMul);
}
void DivOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyDiv);
}
void PowOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyPow);
}
void GtOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyGt);
}
void LtOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifyLt);
}
void SelectOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifySelect);
}

} // namespace nnc::nn
