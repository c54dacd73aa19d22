// Simplifies sums of broadcasts, products and sums, so that values are summed before they are
// repeated.
#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/nn/ShapeRules.h"

using namespace mlir;

namespace nnc::nn {

/// The number of elements along `dims` of a tensor of type x, in `type`. Each dim that is the batch
/// counts n.
static Value countAlong(PatternRewriter &b, Location loc, RankedTensorType x,
                        ArrayRef<int64_t> dims, RankedTensorType type) {
  double count = 1;
  unsigned batches = 0;
  for (int64_t dim : dims)
    if (x.isDynamicDim(dim))
      ++batches;
    else
      count *= x.getDimSize(dim);
  Expr result(buildSplat(b, loc, type, count), b, loc);
  if (!batches)
    return result;
  auto scalar = RankedTensorType::get({}, type.getElementType());
  Value n = b.createOrFold<CastOp>(loc, scalar, b.create<BatchSizeOp>(loc));
  for (; batches > 0; --batches)
    result = result * result.with(buildBroadcast(b, loc, type, n, {}));
  return result;
}

namespace {
/// x multiplied or divided by a broadcast value.
struct Factor {
  Value x;
  BroadcastOp by;
  bool divides;

  Expr of(Expr sum, Expr again) const { return divides ? sum / again : sum * again; }
};
} // namespace

/// The parts of a product x a, or of a quotient x / a, in which a is repeated along all of `dims`;
/// or nothing.
static std::optional<Factor> repeatedFactor(Value v, ArrayRef<int64_t> dims) {
  auto repeats = [&](Value factor) {
    auto broadcast = factor.getDefiningOp<BroadcastOp>();
    bool fits = broadcast && llvm::none_of(dims, [&](int64_t dim) {
                  return llvm::is_contained(broadcast.getDims(), dim);
                });
    return fits ? broadcast : BroadcastOp();
  };
  if (auto product = v.getDefiningOp<MulOp>()) {
    if (BroadcastOp by = repeats(product.getB()))
      return Factor{product.getA(), by, false};
    if (BroadcastOp by = repeats(product.getA()))
      return Factor{product.getB(), by, false};
  }
  if (auto quotient = v.getDefiningOp<DivOp>())
    if (BroadcastOp by = repeats(quotient.getB()))
      return Factor{quotient.getA(), by, true};
  return std::nullopt;
}

/// `repeated`, which is repeated along `dims`, without these dims: in the type of a sum over them.
static Value withoutDims(PatternRewriter &b, Location loc, BroadcastOp repeated,
                         ArrayRef<int64_t> dims, RankedTensorType type) {
  SmallVector<int64_t> kept = otherDims(repeated.getType().getRank(), dims), places;
  for (int64_t dim : repeated.getDims())
    places.push_back(llvm::find(kept, dim) - kept.begin());
  if (places.size() == kept.size() && llvm::is_sorted(places))
    return repeated.getX();
  return b.create<BroadcastOp>(loc, type, repeated.getX(), places);
}

/// Σ x a = a Σ x where a is repeated along the summed dims, and likewise for Σ x / a. Not if x is
/// only used to compute an x a that has other uses.
static LogicalResult takeFactorOut(ReduceSumOp op, PatternRewriter &b) {
  auto found = repeatedFactor(op.getX(), op.getDims());
  if (!found || !(op.getX().hasOneUse() || !found->x.hasOneUse()))
    return failure();
  Expr sum(buildSum(b, op.getLoc(), found->x, op.getDims()), b, op.getLoc());
  Value again = withoutDims(b, op.getLoc(), found->by, op.getDims(), op.getType());
  b.replaceOp(op, Value(found->of(sum, sum.with(again))));
  return success();
}

namespace {
/// c nᵖ, where n is the number of examples.
struct Count {
  double factor;
  int power;
};
} // namespace

/// The value of every element of v, if that is a number of elements or its reciprocal.
static std::optional<Count> countOf(Value v) {
  if (auto constant = getSplatConstant(v))
    return Count{*constant, 0};
  Operation *op = v.getDefiningOp();
  if (isa_and_nonnull<BatchSizeOp>(op))
    return Count{1, 1};
  if (isa_and_nonnull<BroadcastOp, CastOp>(op))
    return countOf(op->getOperand(0));
  if (!isa_and_nonnull<MulOp, DivOp>(op))
    return std::nullopt;
  auto x = countOf(op->getOperand(0)), y = countOf(op->getOperand(1));
  if (!x || !y)
    return std::nullopt;
  return isa<MulOp>(op) ? Count{x->factor * y->factor, x->power + y->power}
                        : Count{x->factor / y->factor, x->power - y->power};
}

/// x rounded to that type.
static double rounded(double x, Type type) { return type.isF32() ? double(float(x)) : x; }

/// If v is x minus its mean over `dims`: the mean. Otherwise null.
static Value centredAt(Value v, ArrayRef<int64_t> dims) {
  auto difference = v.getDefiningOp<SubOp>();
  auto repeated = difference ? difference.getB().getDefiningOp<BroadcastOp>() : BroadcastOp();
  if (!repeated ||
      repeated.getDims() != ArrayRef<int64_t>(otherDims(difference.getType().getRank(), dims)))
    return {};
  Value mean = repeated.getX();
  Operation *quotient = mean.getDefiningOp();
  if (!isa_and_nonnull<MulOp, DivOp>(quotient))
    return {};
  for (unsigned i : {0, 1}) {
    auto sum = quotient->getOperand(i).getDefiningOp<ReduceSumOp>();
    auto count = countOf(quotient->getOperand(1 - i));
    if (!sum || !count || sum.getX() != difference.getA() || sum.getDims() != dims)
      continue;
    Count wanted{1, 0};
    for (int64_t dim : dims)
      if (difference.getType().isDynamicDim(dim))
        ++wanted.power;
      else
        wanted.factor *= difference.getType().getDimSize(dim);
    bool divides = isa<DivOp>(quotient);
    if (divides && i == 1)
      continue;
    // The factor must be exactly the rounded reciprocal: above a million elements, n and n - 1 are
    // closer to each other than any tolerance.
    bool same = divides ? count->factor == wanted.factor
                        : count->factor ==
                              rounded(1 / wanted.factor, difference.getType().getElementType());
    if (same && count->power == (divides ? wanted.power : -wanted.power))
      return mean;
  }
  return {};
}

namespace {
/// Σ v if it needs no pass over v: the sum already exists, or v is made of such values by sums and
/// by factors and terms that are repeated along the summed dims, or v is centred and the sum is 0.
/// Then the gradient of a mean, or of a bias before a normalisation, costs nothing.
class FreeSum {
public:
  FreeSum(ReduceSumOp op, PatternRewriter &b) : op(op), b(b) {}

  /// Applies to the operand of `op` itself, whether or not another op computes the same sum.
  bool exists() { return canBeMade(op.getX()); }
  Value build() { return make(op.getX()); }

private:
  bool exists(Value v) { return isThere(v) || canBeMade(v); }

  bool canBeMade(Value v) {
    Operation *maker = v.getDefiningOp();
    if (centredAt(v, op.getDims()) || repeated(v))
      return true;
    if (auto factor = repeatedFactor(v, op.getDims()))
      return exists(factor->x);
    return isa_and_nonnull<AddOp, SubOp, NegOp>(maker) &&
           llvm::all_of(maker->getOperands(), [&](Value operand) { return exists(operand); });
  }

  Expr build(Value v) {
    return isThere(v) ? of(buildSum(b, op.getLoc(), v, op.getDims())) : make(v);
  }

  Expr make(Value v) {
    if (Value mean = centredAt(v, op.getDims())) // mean - mean: 0, unless an x is infinite or NaN
      return of(mean) - of(mean);
    if (BroadcastOp few = repeated(v))
      return of(withoutDims(b, op.getLoc(), few, op.getDims(), op.getType())) *
             of(countAlong(b, op.getLoc(), cast<RankedTensorType>(v.getType()), op.getDims(),
                           op.getType()));
    if (auto factor = repeatedFactor(v, op.getDims()))
      return factor->of(build(factor->x),
                        of(withoutDims(b, op.getLoc(), factor->by, op.getDims(), op.getType())));
    Operation *maker = v.getDefiningOp();
    Expr first = build(maker->getOperand(0));
    if (isa<NegOp>(maker))
      return -first;
    Expr second = build(maker->getOperand(1));
    return isa<AddOp>(maker) ? first + second : first - second;
  }

  Expr of(Value v) { return Expr(v, b, op.getLoc()); }
  bool isThere(Value v) {
    return llvm::any_of(v.getUsers(), [&](Operation *user) {
      auto sum = dyn_cast<ReduceSumOp>(user);
      return sum && sum != op && sum.getDims() == op.getDims();
    });
  }
  BroadcastOp repeated(Value v) {
    auto broadcast = v.getDefiningOp<BroadcastOp>();
    bool all = broadcast && llvm::none_of(op.getDims(), [&](int64_t dim) {
                 return llvm::is_contained(broadcast.getDims(), dim);
               });
    return all ? broadcast : BroadcastOp();
  }

  ReduceSumOp op;
  PatternRewriter &b;
};
} // namespace

// Σ of Σ = Σ over all;  Σ -x = -Σ x;
// Σ x a = a Σ x, and likewise Σ x / a, where a is repeated along the summed dims;
// Σ (x + y) = Σ x + Σ y if neither needs a pass over memory;  Σ (x - mean x) = 0;
// Σ over dims along which x is repeated = x times their number;  Σ over dims of size 1 = reshape
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
  if (op.getX().getDefiningOp<AddOp>() || op.getX().getDefiningOp<SubOp>())
    if (FreeSum sum(op, b); sum.exists()) {
      b.replaceOp(op, sum.build());
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

void ReduceSumOp::getCanonicalizationPatterns(RewritePatternSet &patterns, MLIRContext *) {
  patterns.add(simplifySum);
}

} // namespace nnc::nn
