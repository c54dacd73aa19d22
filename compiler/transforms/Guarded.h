// Guarded: gradients that come through one side of a choice.
//
// `if z > 0 then sqrt(z) else z` passes nothing to its root where z <= 0. A zero does not say so:
// on its way it may meet the slope of the root, and 0 · ∞ is NaN. So a gradient carries with it
// where it counts. Through elementwise ops the condition moves along, and only the last product of
// a chain is selected: no more work than to select at its beginning. Where elements meet (sums,
// products of matrices), the gradient is selected first, and the condition goes on in the shape of
// what comes next; it becomes ops only if something there may be infinite or NaN.
//
// Gradients from both sides of one choice meet as select(cond, a, b), which counts everywhere.
#pragma once

#include "compiler/dialect/NnDialect.h"
#include "compiler/transforms/Ranges.h"
#include "mlir/IR/Builders.h"
#include <functional>
#include <memory>

namespace nnc {

/// Elements that are not 0; built when somebody asks.
struct Condition {
  mlir::Value value;
  std::function<mlir::Value()> build;
};

struct Literal {
  std::shared_ptr<Condition> condition;
  bool holds; // the condition, or its opposite
  bool operator==(const Literal &other) const {
    return condition == other.condition && holds == other.holds;
  }
};

/// A gradient, or a part of one: `value` where all of `where` hold, else 0.
struct Gradient {
  mlir::Value value;
  llvm::SmallVector<Literal, 1> where;
  bool exact = true; // `value` is 0 where it does not count
};

/// Builds what guarded gradients need. Conditions that were handed out refer to it.
class Guards {
public:
  explicit Guards(mlir::OpBuilder &b) : b(b) {}

  /// The gradient as one value.
  mlir::Value whole(Gradient &g);
  /// The sum of contributions. Neighbours are added first, so that the order is fixed by the
  /// program and errors grow with the logarithm of the number of uses.
  Gradient sum(llvm::ArrayRef<Gradient> parts, mlir::Location loc);
  /// The gradients of op's operands, of which `wanted` asks, from that of its result.
  llvm::SmallVector<Gradient> backward(mlir::Operation *op, Gradient &g,
                                       llvm::ArrayRef<bool> wanted);

private:
  std::shared_ptr<Condition> conditionOf(mlir::Value v);
  mlir::Value valueOf(Condition &condition);
  /// 1 where all hold, else 0.
  mlir::Value truth(llvm::ArrayRef<Literal> where, mlir::RankedTensorType type, mlir::Location loc);
  std::shared_ptr<Condition> anyOf(llvm::ArrayRef<Gradient> parts);
  /// Where operand `i` of `op` has a part in an element of the result that counts.
  std::shared_ptr<Condition> through(mlir::Operation *op, unsigned i,
                                     llvm::ArrayRef<Literal> where);
  mlir::Value partIn(nn::ContractionOp op, unsigned i, mlir::Value counts);
  /// `op`, or a copy of it with 0 for what may not be finite and has no part in what counts.
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
