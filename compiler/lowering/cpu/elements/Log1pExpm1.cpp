// Expands log1p and expm1. Like log and exp, they split the argument into a power of 2 and a rest
// near 0, for which a polynomial is accurate relative to the result. What rounding 1 + x would lose
// is added to the rest.
#include "compiler/lowering/cpu/elements/Log1pExpm1.h"
#include "compiler/lowering/cpu/elements/Expansion.h"

#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

#include <limits>

using namespace mlir;

namespace nnc {
namespace {

using Is = arith::CmpFPredicate;

class Writer : public Expansion {
public:
  Writer(OpBuilder &b, Location loc, Type like)
      : Expansion(b, loc, like), f32(b.getF32Type()), i32(b.getI32Type()) {}

  /// 1 + x = 2^e m with m in [√½, √2]: e ln 2 + ln(1 + f), f = m - 1.
  Value log1p(Value x) {
    Value one = real(1), sum = plus(one, x);
    // sum + lost = 1 + x exactly (Knuth's sum of two numbers).
    Value back = minus(sum, x);
    Value lost = plus(minus(x, minus(sum, back)), minus(one, back));
    Value bits = bitsOf(i32, sum);
    Value e = b.create<arith::ShRSIOp>(
        loc, b.create<arith::SubIOp>(loc, bits, integer(i32, rootOfHalf)), integer(i32, 23));
    Value m = realOf(b.create<arith::SubIOp>(loc, bits, shifted(e)));
    // 2^-e, or 0 if that is not a normal number; there 1 + x has all digits of x.
    Value inverse = b.create<arith::SubIOp>(loc, integer(i32, 127), e);
    Value scale = realOf(shifted(b.create<arith::MaxSIOp>(loc, inverse, integer(i32, 0))));
    Value f = plus(minus(m, one), times(lost, scale));
    // Coefficients and the two parts of ln 2 as in Cephes' logf.
    Value z = times(f, f);
    Value p = polynomial(f, {7.0376836292e-2, -1.1514610310e-1, 1.1676998740e-1, -1.2420140846e-1,
                             1.4249322787e-1, -1.6668057665e-1, 2.0000714765e-1, -2.4999993993e-1,
                             3.3333331174e-1});
    Value exponent = b.create<arith::SIToFPOp>(loc, typeOf(f32), e);
    Value y = fma(exponent, real(-2.12194440e-4), times(times(f, z), p));
    y = fma(z, real(-0.5), y);
    y = fma(exponent, real(0.693359375), plus(f, y));
    // The logarithm of infinity or NaN is the same; that of -1 or less is not finite.
    y = select(is(Is::OLT, x, real(std::numeric_limits<double>::infinity())), y, x);
    y = select(is(Is::OEQ, x, real(-1)), real(-std::numeric_limits<double>::infinity()), y);
    return select(is(Is::OLT, x, real(-1)), real(std::numeric_limits<double>::quiet_NaN()), y);
  }

  /// x = n ln 2 + r with |r| <= ln 2 / 2: 2^n (e^r - 1) + (2^n - 1).
  Value expm1(Value x) {
    // Beyond these bounds the result is -1, or infinite.
    Value held =
        b.create<arith::MinimumFOp>(loc, b.create<arith::MaximumFOp>(loc, x, real(-20)), real(89));
    // Adding 1.5 · 2^23 rounds to an integer and leaves it in the low bits.
    Value shift = real(0x1.8p23), moved = fma(held, real(1.44269504088896341), shift),
          n = minus(moved, shift);
    Value whole = b.create<arith::SubIOp>(loc, bitsOf(i32, moved), bitsOf(i32, shift));
    // Coefficients and the two parts of ln 2 as in Cephes' expf; n times the first part is exact.
    Value r = fma(n, real(2.12194440e-4), minus(held, times(n, real(0.693359375))));
    Value p = polynomial(r, {1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2,
                             1.6666665459e-1, 5.0000001201e-1});
    p = fma(times(r, r), p, r);
    // Half of it, because 2^128 is not an f32.
    Value half = realOf(shifted(b.create<arith::AddIOp>(loc, whole, integer(i32, 126))));
    Value y = plus(times(half, p), minus(half, real(0.5)));
    y = plus(y, y);
    return select(b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::eq, whole, integer(i32, 0)), p,
                  y);
  }

private:
  static constexpr int64_t rootOfHalf = 0x3f3504f3; // the bits of √½

  Value real(double value) { return number(f32, value); }
  Value realOf(Value bits) { return b.create<arith::BitcastOp>(loc, typeOf(f32), bits); }
  Value shifted(Value exponent) { return b.create<arith::ShLIOp>(loc, exponent, integer(i32, 23)); }
  Value polynomial(Value x, ArrayRef<double> coefficients) {
    Value y = real(coefficients.front());
    for (double c : coefficients.drop_front())
      y = fma(y, x, real(c));
    return y;
  }

  Type f32, i32;
};

template <class Op, Value (Writer::*expand)(Value)> struct ExpansionPattern : OpRewritePattern<Op> {
  explicit ExpansionPattern(MLIRContext *context)
      : OpRewritePattern<Op>(context, PatternBenefit(10)) {} // before MLIR's own patterns
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return failure();
    Writer writer(rewriter, op.getLoc(), op.getType());
    rewriter.replaceOp(op, (writer.*expand)(op.getOperand()));
    return success();
  }
};

} // namespace

void populateLog1pExpm1Patterns(RewritePatternSet &patterns) {
  patterns.add<ExpansionPattern<math::Log1pOp, &Writer::log1p>,
               ExpansionPattern<math::ExpM1Op, &Writer::expm1>>(patterns.getContext());
}

} // namespace nnc
