// Derivation: what a derivative rule sees and says; Expr: nn ops written as arithmetic.
//
// A rule reads `d.give(0, dy * (1.0 - y * y))`. Every op it builds carries the forward op's
// location, so that messages about derived code lead to the line that was differentiated.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace nnc::nn {

/// How gradients pass through an op; see Nn_Op in NnDialect.td.
enum class DerivativeKind { Rule, Zero, None };

/// A tensor value and where to build what is computed from it. The operators create elementwise nn
/// ops; a double becomes a constant of the other operand's type.
class Expr {
public:
  Expr(mlir::Value value, mlir::OpBuilder &b, mlir::Location loc) : value(value), b(&b), loc(loc) {}
  operator mlir::Value() const { return value; }
  mlir::RankedTensorType getType() const {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  mlir::OpBuilder &builder() const { return *b; }
  mlir::Location location() const { return loc; }
  /// A value next to this one: same builder, same location.
  Expr with(mlir::Value other) const { return Expr(other, *b, loc); }
  /// The constant `c` in this value's type.
  Expr like(double c) const;

private:
  mlir::Value value;
  mlir::OpBuilder *b;
  mlir::Location loc;
};

Expr operator-(Expr x);
Expr operator+(Expr a, Expr b);
Expr operator-(Expr a, Expr b);
Expr operator*(Expr a, Expr b);
Expr operator/(Expr a, Expr b);
inline Expr operator+(Expr a, double b) { return a + a.like(b); }
inline Expr operator-(double a, Expr b) { return b.like(a) - b; }
inline Expr operator-(Expr a, double b) { return a - a.like(b); }
inline Expr operator*(Expr a, double b) { return a * a.like(b); }
Expr exp(Expr x);
Expr log(Expr x);
Expr sin(Expr x);
Expr cos(Expr x);
Expr sign(Expr x);
Expr floor(Expr x);
Expr pow(Expr a, Expr b);
/// 1 where it holds, else 0.
Expr equal(Expr a, Expr b);
Expr greater(Expr a, Expr b);
inline Expr equal(Expr a, double b) { return equal(a, a.like(b)); }
inline Expr greater(Expr a, double b) { return greater(a, a.like(b)); }
Expr select(Expr cond, Expr a, Expr b);
inline Expr select(Expr cond, Expr a, double b) { return select(cond, a, a.like(b)); }
inline Expr select(Expr cond, double a, Expr b) { return select(cond, b.like(a), b); }

/// The constant `value` in every element of `type`, whose dims may include the batch: a rank-0
/// constant, broadcast unless `type` has rank 0.
mlir::Value buildSplat(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type,
                       double value);
/// x repeated along the dims of `type` that `dims` does not name; x itself if nothing is repeated.
mlir::Value buildBroadcast(mlir::OpBuilder &b, mlir::Location loc, mlir::RankedTensorType type,
                           mlir::Value x, llvm::ArrayRef<int64_t> dims);
/// x summed over `dims`; x itself if there are none.
mlir::Value buildSum(mlir::OpBuilder &b, mlir::Location loc, mlir::Value x,
                     llvm::ArrayRef<int64_t> dims);

/// What a rule says of one operand's gradient.
struct OperandGradient {
  mlir::Value value; // null: there is none
  mlir::Value where; // if not null, `value` counts where this is not 0 (is 0, if not `holds`)
  bool holds = true;
};

/// One op whose result's gradient is known.
class Derivation {
public:
  /// `gradients[i]` is set if operand i's gradient is `wanted[i]` and not zero; both as long as
  /// op's operands.
  Derivation(mlir::OpBuilder &b, mlir::Operation *op, mlir::Value resultGradient,
             llvm::ArrayRef<bool> wanted, llvm::MutableArrayRef<OperandGradient> gradients)
      : b(b), op(op), dy(resultGradient), wanted(wanted), gradients(gradients) {}

  mlir::OpBuilder &builder() { return b; }
  mlir::Location location() { return op->getLoc(); }
  Expr of(mlir::Value v) { return Expr(v, b, op->getLoc()); }
  /// The gradient of the op's result, in the result's type.
  Expr gradient() { return of(dy); }
  Expr result() { return of(op->getResult(0)); }
  Expr operand(unsigned i) { return of(op->getOperand(i)); }
  /// Whether anybody asks for operand i's gradient; a rule computes no other.
  bool wants(unsigned i) { return wanted[i]; }
  /// States operand i's gradient, in the operand's type.
  void give(unsigned i, mlir::Value gradient) {
    assert(gradient.getType() == op->getOperand(i).getType() && "a gradient has its value's type");
    gradients[i] = {gradient, {}, true};
  }
  /// The gradient of an operand that is one side of a choice: `gradient` where `cond` is not 0 (is
  /// 0, if not `holds`), and nothing where the other side is taken, whatever the operand is there.
  void giveWhere(unsigned i, mlir::Value gradient, mlir::Value cond, bool holds = true) {
    give(i, gradient);
    gradients[i].where = cond;
    gradients[i].holds = holds;
  }

private:
  mlir::OpBuilder &b;
  mlir::Operation *op;
  mlir::Value dy;
  llvm::ArrayRef<bool> wanted;
  llvm::MutableArrayRef<OperandGradient> gradients;
};

} // namespace nnc::nn
