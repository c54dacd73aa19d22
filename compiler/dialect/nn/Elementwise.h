// Helpers that all elementwise ops share. Only the code in NnElementwise.td and this folder use
// them.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace nnc::nn {

/// Short names for use in scalar bodies. All work on scalars and vectors. Constants are folded,
/// except in functions of the math dialect: folding rounds like the compiler's libm but the
/// generated code like its own polynomial, so the result would depend on whether an operand happens
/// to be constant (as the lanes of an iota are in a fused kernel).
class ScalarEmitter {
public:
  ScalarEmitter(mlir::OpBuilder &b, mlir::Location loc) : b(b), loc(loc) {}

  template <typename OpT, typename... Args> mlir::Value make(Args... args) {
    if (OpT::getOperationName().starts_with("math."))
      return b.create<OpT>(loc, args...);
    return b.createOrFold<OpT>(loc, args...);
  }
  /// The constant `c` in x's type.
  mlir::Value like(mlir::Value x, double c);
  mlir::Value compare(mlir::arith::CmpFPredicate predicate, mlir::Value a, mlir::Value b2) {
    // Remember the type of the operands, for truth().
    element = a.getType();
    return make<mlir::arith::CmpFOp>(predicate, a, b2);
  }
  /// a > b, false if either is NaN.
  mlir::Value greater(mlir::Value a, mlir::Value b2) {
    return compare(mlir::arith::CmpFPredicate::OGT, a, b2);
  }
  mlir::Value select(mlir::Value mask, mlir::Value a, mlir::Value b2) {
    return make<mlir::arith::SelectOp>(mask, a, b2);
  }
  /// a - b ⌊a / b⌋: the exact remainder of the truncated quotient, which has the sign of a, plus b
  /// if b has the other sign. Only that addition may round, and then to b at most.
  mlir::Value remainder(mlir::Value a, mlir::Value b2);
  /// 1 where the result of the last compare() holds, else 0.
  mlir::Value truth(mlir::Value mask);

private:
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type element;
};

/// The common type of the operands, or an error at `loc` that shows the types that differ.
mlir::LogicalResult inferElementwise(llvm::StringRef name, std::optional<mlir::Location> loc,
                                     mlir::ValueRange operands, unsigned arity,
                                     llvm::SmallVectorImpl<mlir::Type> &types);

/// Loads every operand at `index` and emits the scalar body.
mlir::Value buildElementwiseAt(ScalarBodyOp op, ElementBuilder &eb, llvm::ArrayRef<Index> index);

/// The result as a constant if all operands are constants, by folding the scalar body.
mlir::OpFoldResult foldElementwise(mlir::Operation *op, llvm::ArrayRef<mlir::Attribute> operands);

/// `: T` for an op whose operands and result all have type T.
template <typename... Types>
mlir::ParseResult parseOneType(mlir::OpAsmParser &parser, mlir::Type &first, Types &...rest) {
  if (parser.parseType(first))
    return mlir::failure();
  ((rest = first), ...);
  return mlir::success();
}
template <typename... Types>
void printOneType(mlir::OpAsmPrinter &p, mlir::Operation *, mlir::Type first, Types...) {
  p << first;
}

} // namespace nnc::nn
