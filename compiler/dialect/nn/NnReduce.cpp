// Reductions: how each combines elements, its derivative, and pick.
#include "compiler/dialect/LongSums.h"
#include "compiler/dialect/nn/Elementwise.h"
#include "compiler/dialect/nn/ShapeRules.h"

using namespace mlir;

namespace nnc::nn {

std::pair<Value, Value> addCompensated(OpBuilder &b, Location loc, Value sum, Value lost, Value x) {
  Value term = b.create<arith::SubFOp>(loc, x, lost);
  Value next = b.create<arith::AddFOp>(loc, sum, term);
  Value gone = b.create<arith::SubFOp>(loc, b.create<arith::SubFOp>(loc, next, sum), term);
  // An infinite sum has no rounding error, but the differences above are then NaN or infinite. gone
  // - gone is 0 only if `gone` is finite.
  Value zero = b.create<arith::ConstantOp>(loc, b.getZeroAttr(gone.getType()));
  Value finite = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::OEQ,
                                         b.create<arith::SubFOp>(loc, gone, gone), zero);
  return {next, b.create<arith::SelectOp>(loc, finite, gone, zero)};
}

static SmallVector<Value> constantState(OpBuilder &b, Location loc, Type type, double value) {
  return {floatConstant(b, loc, type, value)};
}

/// `reduced` (x without `dims`) repeated to the type of x.
static Expr restore(Derivation &d, Value reduced, RankedTensorType x, ArrayRef<int64_t> dims) {
  return d.of(buildBroadcast(d.builder(), d.location(), x, reduced, otherDims(x.getRank(), dims)));
}

/// 1 where the linear index of an element over `dims` is `which`, and 0 elsewhere. `which` may be
/// f64 even if x is not.
static Expr isAt(Derivation &d, Value which, RankedTensorType x, ArrayRef<int64_t> dims) {
  OpBuilder &b = d.builder();
  RankedTensorType counted = x.clone(cast<ShapedType>(which.getType()).getElementType());
  Value position = b.create<IotaOp>(d.location(), counted, dims);
  Value here = equal(d.of(position), restore(d, which, counted, dims));
  return d.of(b.createOrFold<CastOp>(d.location(), x, here));
}

/// Gives dy to the element that was chosen, and nothing to the others, whatever their values.
static void giveTo(Derivation &d, Value which, RankedTensorType x, ArrayRef<int64_t> dims) {
  Expr chosen = isAt(d, which, x, dims);
  d.giveWhere(0, restore(d, d.gradient(), x, dims), chosen);
}

/// The index of the greatest x over `dims`, for isAt(). In f64 if there may be more elements than
/// f32 can count.
static Value placeOfGreatest(Derivation &d, Value x, ArrayRef<int64_t> dims) {
  auto type = cast<RankedTensorType>(x.getType());
  double count = 1;
  for (int64_t dim : dims)
    count *= type.isDynamicDim(dim) ? exactInF32 + 1 : double(type.getDimSize(dim));
  OpBuilder &b = d.builder();
  if (count > exactInF32)
    x = b.createOrFold<CastOp>(d.location(), type.clone(b.getF64Type()), x);
  return b.create<ArgmaxOp>(d.location(), x, dims);
}

// reduce_sum: y = Σ x;  dx = dy broadcast

void ReduceSumOp::backward(Derivation &d) {
  if (d.wants(0))
    d.give(0, restore(d, d.gradient(), getX().getType(), getDims()));
}
SmallVector<Value> ReduceSumOp::buildInitial(OpBuilder &b, Location loc, Type type) {
  return constantState(b, loc, type, 0);
}
SmallVector<Value> ReduceSumOp::buildAccumulate(OpBuilder &b, Location loc, ValueRange state,
                                                Value x, Value) {
  return {b.create<arith::AddFOp>(loc, state[0], x)};
}
SmallVector<Value> ReduceSumOp::buildMerge(OpBuilder &b, Location loc, ValueRange left,
                                           ValueRange right) {
  return {b.create<arith::AddFOp>(loc, left[0], right[0])};
}
Value ReduceSumOp::buildFinal(OpBuilder &, Location, ValueRange state) { return state[0]; }
bool losesDigits(Operation *reduction) { return isa<ReduceSumOp>(reduction); }

/// Whether `x`, a later element, replaces `before`: it is greater, or it is NaN and `before` is
/// not.
static Value isGreater(OpBuilder &b, Location loc, Value before, Value x) {
  Value isNumber = b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::ORD, before, before);
  return b.create<arith::AndIOp>(
      loc, isNumber, b.create<arith::CmpFOp>(loc, arith::CmpFPredicate::UGT, x, before));
}

// reduce_max: y = max x, NaN if any is;  dx = dy at the first element that attains it

void ReduceMaxOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  giveTo(d, placeOfGreatest(d, getX(), getDims()), getX().getType(), getDims());
}
SmallVector<Value> ReduceMaxOp::buildInitial(OpBuilder &b, Location loc, Type type) {
  return constantState(b, loc, type, -std::numeric_limits<double>::infinity());
}
SmallVector<Value> ReduceMaxOp::buildAccumulate(OpBuilder &b, Location loc, ValueRange state,
                                                Value x, Value) {
  // The same comparison and value as in ArgmaxOp, so the two share them if they are computed side
  // by side.
  Value take = isGreater(b, loc, state[0], x);
  return {b.create<arith::SelectOp>(loc, take, x, state[0])};
}
SmallVector<Value> ReduceMaxOp::buildMerge(OpBuilder &b, Location loc, ValueRange left,
                                           ValueRange right) {
  return {b.create<arith::MaximumFOp>(loc, left[0], right[0])};
}
Value ReduceMaxOp::buildFinal(OpBuilder &, Location, ValueRange state) { return state[0]; }

// reduce_min: y = min x, NaN if any is;  dx = dy at the first element that attains it

void ReduceMinOp::backward(Derivation &d) {
  if (!d.wants(0))
    return;
  giveTo(d, placeOfGreatest(d, -d.operand(0), getDims()), getX().getType(), getDims());
}
SmallVector<Value> ReduceMinOp::buildInitial(OpBuilder &b, Location loc, Type type) {
  return constantState(b, loc, type, std::numeric_limits<double>::infinity());
}
SmallVector<Value> ReduceMinOp::buildAccumulate(OpBuilder &b, Location loc, ValueRange state,
                                                Value x, Value) {
  return {b.create<arith::MinimumFOp>(loc, state[0], x)};
}
SmallVector<Value> ReduceMinOp::buildMerge(OpBuilder &b, Location loc, ValueRange left,
                                           ValueRange right) {
  return {b.create<arith::MinimumFOp>(loc, left[0], right[0])};
}
Value ReduceMinOp::buildFinal(OpBuilder &, Location, ValueRange state) { return state[0]; }

// argmax: the linear index over dims of the first greatest x; NaN counts as greatest;  dx = 0
// The state is (value, index).

bool ArgmaxOp::needsIndex() { return true; }

SmallVector<Value> ArgmaxOp::buildInitial(OpBuilder &b, Location loc, Type type) {
  // If no element is above -inf, the first is the result.
  SmallVector<Value> state = constantState(b, loc, type, -std::numeric_limits<double>::infinity());
  state.append(constantState(b, loc, type, 0));
  return state;
}

/// Whether (other, j) precedes (a, i): it is greater, or NaN against a number, or equal with a
/// smaller index.
static Value takesOver(OpBuilder &b, Location loc, Value a, Value i, Value other, Value j) {
  using arith::CmpFPredicate;
  auto compare = [&](CmpFPredicate predicate, Value l, Value r) -> Value {
    return b.create<arith::CmpFOp>(loc, predicate, l, r);
  };
  Value greater = isGreater(b, loc, a, other);
  Value otherNaN = compare(CmpFPredicate::UNO, other, other);
  Value aNaN = compare(CmpFPredicate::UNO, a, a);
  Value bothNaN = b.create<arith::AndIOp>(loc, aNaN, otherNaN);
  Value same = b.create<arith::OrIOp>(loc, compare(CmpFPredicate::OEQ, other, a), bothNaN);
  Value earlier = b.create<arith::AndIOp>(loc, same, compare(CmpFPredicate::OLT, j, i));
  return b.create<arith::OrIOp>(loc, greater, earlier);
}

SmallVector<Value> ArgmaxOp::buildMerge(OpBuilder &b, Location loc, ValueRange left,
                                        ValueRange right) {
  Value take = takesOver(b, loc, left[0], left[1], right[0], right[1]);
  return {b.create<arith::SelectOp>(loc, take, right[0], left[0]),
          b.create<arith::SelectOp>(loc, take, right[1], left[1])};
}
SmallVector<Value> ArgmaxOp::buildAccumulate(OpBuilder &b, Location loc, ValueRange state, Value x,
                                             Value index) {
  // Elements come in ascending order, so none is earlier than that of the state.
  Value take = isGreater(b, loc, state[0], x);
  return {b.create<arith::SelectOp>(loc, take, x, state[0]),
          b.create<arith::SelectOp>(loc, take, index, state[1])};
}
Value ArgmaxOp::buildFinal(OpBuilder &, Location, ValueRange state) { return state[1]; }

// pick: y[…] = x[…, idx[…], …] along dim;  dx = dy where the index along dim is idx, 0 elsewhere

LogicalResult PickOp::inferReturnTypes(MLIRContext *, std::optional<Location> loc,
                                       ValueRange operands, DictionaryAttr attributes,
                                       OpaqueProperties properties, RegionRange regions,
                                       SmallVectorImpl<Type> &types) {
  StringRef name = getOperationName();
  auto x = tensorOperand(name, loc, operands, 0), idx = tensorOperand(name, loc, operands, 1);
  if (!x || !idx)
    return failure();
  Adaptor adaptor(operands, attributes, properties, regions);
  if (!adaptor.getDimAttr())
    return mismatch(loc, name, "lacks the attribute dim");
  int64_t dim = adaptor.getDim();
  if (failed(checkDims(name, loc, dim, x.getRank())))
    return failure();
  if (x.isDynamicDim(dim))
    return mismatch(loc, name, "cannot pick along the batch of ", x);
  SmallVector<int64_t> shape(x.getShape());
  shape.erase(shape.begin() + dim);
  auto result = RankedTensorType::get(shape, x.getElementType());
  if (idx != result)
    return mismatch(loc, name, "along dim ", dim, " of ", x, " needs indices of type ", result,
                    ", not ", idx);
  types.assign(1, result);
  return success();
}

void PickOp::backward(Derivation &d) {
  if (d.wants(0)) {
    int64_t dim = getDim();
    Expr picked = isAt(d, getIdx(), getX().getType(), dim);
    d.give(0, select(picked, restore(d, d.gradient(), getX().getType(), dim), 0.0));
  }
  if (d.wants(1)) // the gradient is 0: an index is a whole number, so small changes have no effect
    d.give(1, buildSplat(d.builder(), getLoc(), getIdx().getType(), 0));
}

Value PickOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Index> at(index);
  at.insert(at.begin() + getDim(),
            eb.toIndex(eb.load(1, index), getX().getType().getDimSize(getDim())));
  return eb.load(0, at);
}

} // namespace nnc::nn
