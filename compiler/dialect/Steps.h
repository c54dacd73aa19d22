// Steps: what the runs of a loop compute, for all runs at once. A value of each run becomes a
// stack, which has one more dim for the runs: stepDim().
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc::nn {

/// Where a dim of values of type `value` is in a stack of them.
inline int64_t dimInStack(mlir::Type value, int64_t dim) { return dim + (dim >= stepDim(value)); }
llvm::SmallVector<int64_t> dimsInStack(mlir::Type value, llvm::ArrayRef<int64_t> dims);

/// Numbers for the dims of a stack of values of type `value`: those for the values' dims, and
/// `step` for the dim of the runs.
llvm::SmallVector<int64_t> withStep(mlir::Type value, llvm::ArrayRef<int64_t> numbers,
                                    int64_t step);

/// Whether `op` can be computed for all runs at once (StepsOp): the batch is dim 0 of its operands
/// and its result, or they have none.
bool hasStepsForm(mlir::Operation *op);

/// The stack of `length` times the same value.
mlir::Value stackOf(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value, int64_t length);

/// The operands, those that are no stacks as stacks.
llvm::SmallVector<mlir::Value> asStacks(mlir::OpBuilder &b, mlir::Location loc,
                                        mlir::ValueRange operands, llvm::ArrayRef<bool> stacked,
                                        int64_t length);

/// The only element of a sequence of length 1, and the stack of one value.
mlir::Value onlyElement(mlir::OpBuilder &b, mlir::Location loc, mlir::Value sequence);
mlir::Value stackOfOne(mlir::OpBuilder &b, mlir::Location loc, mlir::Value value);

/// If all elements of `sequence` are one value, repeated: what that is repeated from. Otherwise
/// null. Then elementOfRepeated() makes the element from it.
mlir::Value repeatedIn(mlir::Value sequence);
mlir::Value elementOfRepeated(mlir::OpBuilder &b, mlir::Location loc, mlir::Value sequence,
                              mlir::Value repeated);

/// Implements StepsOp for contractions.
mlir::Value buildContractionOverSteps(ContractionOp op, mlir::OpBuilder &b,
                                      mlir::ValueRange operands, llvm::ArrayRef<bool> stacked,
                                      int64_t length);
mlir::Value buildContractionSumOverSteps(ContractionOp op, mlir::OpBuilder &b,
                                         mlir::ValueRange operands, llvm::ArrayRef<bool> stacked,
                                         int64_t length);
/// Implements StepsOp for elementwise ops.
mlir::Value buildElementwiseOverSteps(mlir::Operation *op, mlir::OpBuilder &b,
                                      mlir::ValueRange operands, llvm::ArrayRef<bool> stacked,
                                      int64_t length);

} // namespace nnc::nn
