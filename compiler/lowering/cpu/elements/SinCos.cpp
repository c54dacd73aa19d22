// Expands sin x and cos x: with k the integer nearest to x / (π/2) and r = x - k π/2, the result is
// ±sin r or ±cos r, depending on k mod 4.
#include "compiler/lowering/cpu/elements/SinCos.h"
#include "compiler/lowering/cpu/elements/Expansion.h"

#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/TypeUtilities.h"

using namespace mlir;

namespace nnc {
namespace {

class Writer : public Expansion {
public:
  Writer(OpBuilder &b, Location loc, Type like, bool hasFma)
      : Expansion(b, loc, like), hasFma(hasFma) {}

  /// sin(x + quarters π/2).
  Value sine(Value x, int64_t quarters) {
    Type f32 = b.getF32Type(), f64 = b.getF64Type(), i64 = b.getI64Type();
    // The reduction is done in f64, where k is exact up to 2^50 and π/2 has two parts. Adding 1.5 ·
    // 2^52 rounds to an integer and leaves it in the low bits.
    Value wide = b.create<arith::ExtFOp>(loc, typeOf(f64), x);
    Value shift = number(f64, 0x1.8p52);
    Value shifted = fma(wide, number(f64, 0.63661977236758134308), shift);
    Value k = b.create<arith::SubFOp>(loc, shifted, shift);
    Value minusK = b.create<arith::NegFOp>(loc, k);
    Value rest = multiplyAddExactly(minusK, 1.5707963267948966, wide);
    rest = fma(minusK, number(f64, 6.123233995736766e-17), rest);
    Value r = b.create<arith::TruncFOp>(loc, typeOf(f32), rest);
    Value bits = b.create<arith::BitcastOp>(loc, typeOf(i64), shifted);
    bits = b.create<arith::AddIOp>(loc, bits, integer(i64, quarters));

    // On [-π/4, π/4]; coefficients as in Cephes' sinf and cosf.
    Value z = b.create<arith::MulFOp>(loc, r, r);
    Value s = fma(z, number(f32, -1.9515295891e-4), number(f32, 8.3321608736e-3));
    s = fma(z, s, number(f32, -1.6666654611e-1));
    s = fma(b.create<arith::MulFOp>(loc, z, r), s, r);
    Value c = fma(z, number(f32, 2.443315711809948e-5), number(f32, -1.388731625493765e-3));
    c = fma(z, c, number(f32, 4.166664568298827e-2));
    c = fma(z, c, number(f32, -0.5));
    c = fma(z, c, number(f32, 1));

    Value useCosine = isSet(bits, 1), negative = isSet(bits, 2);
    Value y = b.create<arith::SelectOp>(loc, useCosine, c, s);
    y = b.create<arith::SelectOp>(loc, negative, b.create<arith::NegFOp>(loc, y), y);
    return farAway(x, y, quarters);
  }

private:
  /// Returns `near` for |x| < 2^46, where k is exact and the error of k π/2 is below half an ulp,
  /// even without a fused multiply-add. For larger arguments libm is called, which uses as many
  /// digits of π as necessary; infinities and NaN give NaN there. It is called only if there is
  /// such an element.
  Value farAway(Value x, Value near, int64_t quarters) {
    Type f32 = b.getF32Type(), f64 = b.getF64Type();
    Value size = b.create<math::AbsFOp>(loc, x);
    Value isFar = is(arith::CmpFPredicate::UGE, size, number(f32, 0x1p46));
    Value any = vector ? Value(b.create<vector::ReductionOp>(loc, vector::CombiningKind::OR, isFar))
                       : isFar;
    auto choice = b.create<scf::IfOp>(loc, near.getType(), any, /*withElseRegion=*/true);
    OpBuilder::InsertionGuard guard(b);
    b.setInsertionPointToStart(choice.elseBlock());
    b.create<scf::YieldOp>(loc, near);
    b.setInsertionPointToStart(choice.thenBlock());
    Value wide = b.create<arith::ExtFOp>(loc, typeOf(f64), x);
    Value exact = quarters ? Value(b.create<math::CosOp>(loc, wide))
                           : Value(b.create<math::SinOp>(loc, wide));
    b.create<scf::YieldOp>(loc,
                           select(isFar, b.create<arith::TruncFOp>(loc, typeOf(f32), exact), near));
    return choice.getResult(0);
  }

  /// x factor + z in f64, where the two nearly cancel and only the rounding error of the product
  /// would remain. Without a fused instruction the product is split (Dekker, 1971): x and the
  /// factor are cut into halves of 26 bits, whose products are exact.
  Value multiplyAddExactly(Value x, double factor, Value z) {
    Type f64 = b.getF64Type();
    if (hasFma)
      return fma(x, number(f64, factor), z);
    const double splitter = 0x1p27 + 1, scaled = splitter * factor,
                 high = scaled - (scaled - factor);
    Value large = times(x, number(f64, splitter));
    Value xHigh = minus(large, minus(large, x)), xLow = minus(x, xHigh);
    Value fHigh = number(f64, high), fLow = number(f64, factor - high);
    Value product = times(x, number(f64, factor));
    Value error = minus(times(xHigh, fHigh), product);
    error = plus(plus(plus(error, times(xHigh, fLow)), times(xLow, fHigh)), times(xLow, fLow));
    return plus(plus(z, product), error);
  }

  Value isSet(Value bits, int64_t bit) {
    Value masked = b.create<arith::AndIOp>(loc, bits, integer(b.getI64Type(), bit));
    return b.create<arith::CmpIOp>(loc, arith::CmpIPredicate::ne, masked,
                                   integer(b.getI64Type(), 0));
  }

  bool hasFma;
};

template <class Op, int64_t quarters> struct SinCosPattern : OpRewritePattern<Op> {
  SinCosPattern(MLIRContext *context, bool hasFma)
      : OpRewritePattern<Op>(context, PatternBenefit(10)), hasFma(hasFma) {
  } // before MLIR's own patterns
  LogicalResult matchAndRewrite(Op op, PatternRewriter &rewriter) const override {
    if (!getElementTypeOrSelf(op.getType()).isF32())
      return failure();
    rewriter.replaceOp(
        op, Writer(rewriter, op.getLoc(), op.getType(), hasFma).sine(op.getOperand(), quarters));
    return success();
  }
  bool hasFma;
};

} // namespace

void populateSinCosPatterns(RewritePatternSet &patterns, bool hasFma) {
  patterns.add<SinCosPattern<math::SinOp, 0>, SinCosPattern<math::CosOp, 1>>(patterns.getContext(),
                                                                             hasFma);
}

} // namespace nnc
