// The operators of Expr. Each builds one nn op and omits operations that obviously change nothing.
#include "compiler/dialect/Derivation.h"
#include "compiler/dialect/NnDialect.h"

using namespace mlir;

namespace nnc::nn {

template <typename OpT> static Expr make(Expr first) {
  return first.with(first.builder().createOrFold<OpT>(first.location(), first));
}
template <typename OpT> static Expr make(Expr a, Expr b) {
  return a.with(a.builder().createOrFold<OpT>(a.location(), a, b));
}

Expr Expr::like(double c) const { return with(buildSplat(*b, loc, getType(), c)); }

Expr operator-(Expr x) { return make<NegOp>(x); }
Expr operator+(Expr a, Expr b) { return make<AddOp>(a, b); }
Expr operator-(Expr a, Expr b) { return make<SubOp>(a, b); }
Expr operator*(Expr a, Expr b) { return make<MulOp>(a, b); }
Expr operator/(Expr a, Expr b) { return make<DivOp>(a, b); }
Expr exp(Expr x) { return make<ExpOp>(x); }
Expr log(Expr x) { return make<LogOp>(x); }
Expr sin(Expr x) { return make<SinOp>(x); }
Expr cos(Expr x) { return make<CosOp>(x); }
Expr sign(Expr x) { return make<SignOp>(x); }
Expr floor(Expr x) { return make<FloorOp>(x); }
Expr pow(Expr a, Expr b) { return make<PowOp>(a, b); }
Expr equal(Expr a, Expr b) { return make<EqOp>(a, b); }
Expr greater(Expr a, Expr b) { return make<GtOp>(a, b); }
Expr select(Expr cond, Expr a, Expr b) {
  return a.with(a.builder().createOrFold<SelectOp>(a.location(), cond, a, b));
}

Value buildSplat(OpBuilder &b, Location loc, RankedTensorType type, double value) {
  auto scalar = RankedTensorType::get({}, type.getElementType());
  return buildBroadcast(b, loc, type, b.create<ConstantOp>(loc, scalar, value), {});
}

Value buildBroadcast(OpBuilder &b, Location loc, RankedTensorType type, Value x,
                     ArrayRef<int64_t> dims) {
  if (x.getType() == type)
    return x;
  return b.create<BroadcastOp>(loc, type, x, dims);
}

Value buildSum(OpBuilder &b, Location loc, Value x, ArrayRef<int64_t> dims) {
  if (dims.empty())
    return x;
  return b.create<ReduceSumOp>(loc, x, dims);
}

} // namespace nnc::nn
