// Helpers to expand functions into arithmetic: constants of the argument's shape, fused
// multiply-adds.
#pragma once

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace nnc {

/// Emits scalars, or vectors of the shape of `like`.
class Expansion {
public:
  using Value = mlir::Value;
  using Type = mlir::Type;

  Expansion(mlir::OpBuilder &b, mlir::Location loc, Type like)
      : b(b), loc(loc), vector(mlir::dyn_cast<mlir::VectorType>(like)) {}

protected:
  Type typeOf(Type element) { return vector ? Type(vector.clone(element)) : element; }
  Value constant(Type element, mlir::TypedAttr scalar) {
    if (!vector)
      return b.create<mlir::arith::ConstantOp>(loc, scalar);
    auto shaped = mlir::cast<mlir::ShapedType>(typeOf(element));
    return b.create<mlir::arith::ConstantOp>(
        loc, mlir::DenseElementsAttr::get(shaped, mlir::Attribute(scalar)));
  }
  Value number(Type element, double value) {
    return constant(element, b.getFloatAttr(element, value));
  }
  Value integer(Type element, int64_t value) {
    return constant(element, b.getIntegerAttr(element, value));
  }
  Value plus(Value x, Value y) { return b.create<mlir::arith::AddFOp>(loc, x, y); }
  Value minus(Value x, Value y) { return b.create<mlir::arith::SubFOp>(loc, x, y); }
  Value times(Value x, Value y) { return b.create<mlir::arith::MulFOp>(loc, x, y); }
  Value fma(Value x, Value y, Value z) { return b.create<mlir::math::FmaOp>(loc, x, y, z); }
  Value is(mlir::arith::CmpFPredicate predicate, Value x, Value y) {
    return b.create<mlir::arith::CmpFOp>(loc, predicate, x, y);
  }
  Value select(Value mask, Value x, Value y) {
    return b.create<mlir::arith::SelectOp>(loc, mask, x, y);
  }
  Value bitsOf(Type integer, Value x) {
    return b.create<mlir::arith::BitcastOp>(loc, typeOf(integer), x);
  }

  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::VectorType vector; // null for a scalar
};

} // namespace nnc
