// Helpers for the shape rules of ops that are not elementwise, and for their messages; constants in
// the code of elements. Private to the dialect.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc::nn {

/// Emits "'nn.<name>' <message>" at `loc` if there is one. Always returns failure, so that a rule
/// can return the result.
template <typename... Parts>
mlir::LogicalResult mismatch(std::optional<mlir::Location> loc, llvm::StringRef name,
                             Parts &&...parts) {
  if (!loc)
    return mlir::failure();
  auto diagnostic = mlir::emitError(*loc) << "'" << name << "' ";
  (diagnostic << ... << std::forward<Parts>(parts));
  return diagnostic;
}

/// Fails unless only dim 0 of `type` is the batch, if any: for ops that tell examples apart.
mlir::LogicalResult checkBatchFirst(llvm::StringRef name, std::optional<mlir::Location> loc,
                                    mlir::RankedTensorType type);

/// Sets the limits of a slice that takes the whole batch: -1 for each dim of `type` that is it.
void takeWholeBatch(mlir::RankedTensorType type, llvm::MutableArrayRef<int64_t> limit);

/// Formats numbers as "[1, 2]", for messages.
std::string listed(llvm::ArrayRef<int64_t> numbers);

/// The tensor type of operand i. Null (with an error) if it is not a tensor of floats or its `?` is
/// not dim 0.
mlir::RankedTensorType tensorOperand(llvm::StringRef name, std::optional<mlir::Location> loc,
                                     mlir::ValueRange operands, unsigned i);

/// Checks that all of these attributes, by name, are present.
mlir::LogicalResult
checkPresent(llvm::StringRef name, std::optional<mlir::Location> loc,
             llvm::ArrayRef<std::pair<llvm::StringRef, mlir::Attribute>> attributes);

/// Checks that `dims` are ascending (unless not required), distinct and less than `rank`.
mlir::LogicalResult checkDims(llvm::StringRef name, std::optional<mlir::Location> loc,
                              llvm::ArrayRef<int64_t> dims, int64_t rank, bool ascending = true);

/// The type of x without `dims`.
mlir::LogicalResult inferReduction(llvm::StringRef name, std::optional<mlir::Location> loc,
                                   mlir::ValueRange operands, mlir::DenseI64ArrayAttr dims,
                                   llvm::SmallVectorImpl<mlir::Type> &types);

/// The type of the result of a contraction; see NnContract.td.
mlir::LogicalResult inferContraction(llvm::StringRef name, std::optional<mlir::Location> loc,
                                     mlir::ValueRange operands, mlir::ArrayAttr maps,
                                     mlir::DenseI64ArrayAttr sizes,
                                     llvm::SmallVectorImpl<mlir::Type> &types);

/// `value` as a constant of `type`: a float type, or a vector of one.
mlir::Value floatConstant(mlir::OpBuilder &b, mlir::Location loc, mlir::Type type, double value);

/// The dims of 0..rank that are not in `dims`.
llvm::SmallVector<int64_t> otherDims(int64_t rank, llvm::ArrayRef<int64_t> dims);

/// The row-major strides of the given extents (the extent of a leading batch dim does not matter).
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

} // namespace nnc::nn
