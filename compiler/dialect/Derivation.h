// Derivation: what a derivative rule reads and returns. Expr: nn ops written as arithmetic.
//
// A rule reads `d.give(0, dy * (1.0 - y * y))`. Every op it builds carries the forward op's
// location, so that messages about derived code lead to the line that was differentiated.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc::nn {

/// How gradients pass through an op; see Nn_Op in NnDialect.td.
enum class DerivativeKind { Rule, Zero, None };

/// A tensor value, and where to build what is computed from it. The operators create elementwise nn
/// ops; a double becomes a constant of the other operand's type.
class Expr {
public:
  Expr(mlir::Value value, mlir::OpBuilder &b, mlir::Location loc) : value(value), b(&b), loc(loc) {}
  // An operand of ops and functions. NOLINTNEXTLINE(google-explicit-constructor)
  operator mlir::Value() const { return value; }
  mlir::RankedTensorType getType() const {
    return mlir::cast<mlir::RankedTensorType>(value.getType());
  }
  mlir::OpBuilder &builder() const { return *b; }
  mlir::Location location() const { return loc; }
  /// Another value with the same builder and location.
  Expr with(mlir::Value other) const { return Expr(other, *b, loc); }
  /// The constant `c` in the type of this value.
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
/// 1 where a equals b, else 0.
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

/// What a rule returns as the gradient of one operand.
struct OperandGradient {
  mlir::Value value; // null: there is no gradient
  mlir::Value where; // if not null: `value` applies where this is not 0 (or is 0, if not `holds`)
  bool holds = true;
};

/// An op with the gradient of its result, from which a rule computes those of its operands.
class Derivation {
public:
  /// Sets `gradients[i]` if `wanted[i]` and the gradient of operand i is not zero. Both lists have
  /// one entry per operand.
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
  /// Whether the gradient of operand i is needed. A rule computes no other.
  bool wants(unsigned i) { return wanted[i]; }
  /// Sets the gradient of operand i, in the type of the operand.
  void give(unsigned i, mlir::Value gradient) {
    assert(gradient.getType() == op->getOperand(i).getType() && "a gradient has its value's type");
    gradients[i] = {gradient, {}, true};
  }
  /// Sets the gradient of an operand that is one side of a choice: `gradient` where `cond` is not 0
  /// (or is 0, if not `holds`). Where the other side is chosen there is none, whatever the value of
  /// the operand.
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

/// A loop with the gradients of its results, from which it computes those of its operands.
class LoopDerivation {
public:
  /// Builds with `b` the gradients of Σ outputs · seeds with respect to `wrt`, one for each of them
  /// and 0 where there is none. All values are in the block in which `b` inserts. Fails, with a
  /// message, if an op on the way has no derivative.
  using Pull = llvm::function_ref<mlir::FailureOr<llvm::SmallVector<mlir::Value>>(
      mlir::OpBuilder &b, mlir::ValueRange outputs, mlir::ValueRange seeds, mlir::ValueRange wrt)>;

  /// `resultGradients[i]` is null if no gradient reaches result i. Sets `gradients[i]` if
  /// `wanted[i]` and the gradient of operand i is not zero.
  LoopDerivation(mlir::OpBuilder &b, mlir::Operation *op,
                 llvm::ArrayRef<mlir::Value> resultGradients, llvm::ArrayRef<bool> wanted,
                 llvm::MutableArrayRef<mlir::Value> gradients, Pull pull)
      : b(b), op(op), results(resultGradients), wanted(wanted), gradients(gradients), pull(pull) {}

  /// Inserts after the loop, in its block.
  mlir::OpBuilder &builder() { return b; }
  mlir::Location location() { return op->getLoc(); }
  /// The gradient of result i, in its type; 0 if none reaches it.
  mlir::Value gradient(unsigned i) {
    return results[i]
               ? results[i]
               : buildSplat(b, location(),
                            mlir::cast<mlir::RankedTensorType>(op->getResult(i).getType()), 0);
  }
  bool wants(unsigned i) { return wanted[i]; }
  /// Sets the gradient of operand i, in the type of the operand.
  void give(unsigned i, mlir::Value gradient) {
    assert(gradient.getType() == op->getOperand(i).getType() && "a gradient has its value's type");
    gradients[i] = gradient;
  }
  /// The derivative of one run: see Pull. For a block that is a copy of the loop's.
  mlir::FailureOr<llvm::SmallVector<mlir::Value>> gradientsIn(mlir::OpBuilder &inside,
                                                              mlir::ValueRange outputs,
                                                              mlir::ValueRange seeds,
                                                              mlir::ValueRange wrt) {
    return pull(inside, outputs, seeds, wrt);
  }

private:
  mlir::OpBuilder &b;
  mlir::Operation *op;
  llvm::ArrayRef<mlir::Value> results;
  llvm::ArrayRef<bool> wanted;
  llvm::MutableArrayRef<mlir::Value> gradients;
  Pull pull;
};

} // namespace nnc::nn
