// Guarded: gradients that flow through one side of a choice.
//
// `if z > 0 then sqrt(z) else z` must pass nothing to the root where z <= 0. A zero gradient is not
// enough: it may be multiplied by the derivative of the root, and 0 · ∞ is NaN. So a gradient
// carries the conditions under which it counts. Through elementwise ops the conditions are passed
// along, and only the last product of a chain is selected, which costs no more than selecting at
// its beginning. Before ops that combine elements (sums, matrix products), the gradient is selected
// first, and the conditions are passed on in the shape of the operand. They become ops only if a
// value there may be infinite or NaN.
//
// Gradients from both sides of one choice are merged to select(cond, a, b), which counts
// everywhere.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "compiler/transforms/Ranges.h"
#include "mlir/IR/Builders.h"
#include <functional>
#include <memory>

namespace nnc {

/// True for the elements that are not 0. Built on demand.
struct Condition {
  mlir::Value value;
  std::function<mlir::Value()> build;
};

struct Literal {
  std::shared_ptr<Condition> condition;
  bool holds; // whether the condition itself holds, or its opposite
  bool operator==(const Literal &other) const {
    return condition == other.condition && holds == other.holds;
  }
};

/// A gradient, or a contribution to one: `value` where all of `where` hold, else 0.
struct Gradient {
  mlir::Value value;
  llvm::SmallVector<Literal, 1> where;
  bool exact = true; // `value` is 0 where it does not count
};

/// Builds guarded gradients. The conditions that it returns refer to it.
class Guards {
public:
  explicit Guards(mlir::OpBuilder &b) : b(b) {}

  /// The gradient as one value, 0 where it does not count.
  mlir::Value whole(Gradient &g);
  /// The sum of contributions. Neighbours are added first, so the program determines the order, and
  /// errors grow with the logarithm of the number of uses.
  Gradient sum(llvm::ArrayRef<Gradient> parts, mlir::Location loc);
  /// The gradients of op's operands (those in `wanted`), from that of its result.
  llvm::SmallVector<Gradient> backward(mlir::Operation *op, Gradient &g,
                                       llvm::ArrayRef<bool> wanted);

private:
  std::shared_ptr<Condition> conditionOf(mlir::Value v);
  mlir::Value valueOf(Condition &condition);
  /// 1 where all conditions hold, else 0.
  mlir::Value truth(llvm::ArrayRef<Literal> where, mlir::RankedTensorType type, mlir::Location loc);
  std::shared_ptr<Condition> anyOf(llvm::ArrayRef<Gradient> parts);
  /// The elements of operand `i` of `op` that contribute to an element of the result that counts.
  std::shared_ptr<Condition> through(mlir::Operation *op, unsigned i,
                                     llvm::ArrayRef<Literal> where);
  mlir::Value partIn(nn::ContractionOp op, unsigned i, mlir::Value counts);
  /// `op`, or a copy in which operand elements that may not be finite and do not contribute to any
  /// counting element are 0.
  mlir::Operation *harmless(mlir::Operation *op, llvm::ArrayRef<Literal> where);
  llvm::SmallVector<nn::OperandGradient> applyRule(mlir::Operation *op, mlir::Value gradient,
                                                   llvm::ArrayRef<bool> wanted);
  mlir::Value add(llvm::SmallVector<mlir::Value> parts, mlir::Location loc);
  nn::Expr expr(mlir::Value v) { return nn::Expr(v, b, v.getLoc()); }

  mlir::OpBuilder &b;
  Ranges ranges;
  llvm::DenseMap<mlir::Value, std::shared_ptr<Condition>> conditions;
};

} // namespace nnc
