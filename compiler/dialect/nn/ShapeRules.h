// Shape rules of the ops that are not elementwise, and messages about shapes; private to this room.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc::nn {

/// Emits "'nn.<name>' <message>" at `loc` if there is one; always a failure, so that a rule can
/// return it.
template <typename... Parts>
mlir::LogicalResult mismatch(std::optional<mlir::Location> loc, llvm::StringRef name,
                             Parts &&...parts) {
  if (!loc)
    return mlir::failure();
  auto diagnostic = mlir::emitError(*loc) << "'" << name << "' ";
  (diagnostic << ... << std::forward<Parts>(parts));
  return diagnostic;
}

/// "[1, 2]" for messages.
std::string listed(llvm::ArrayRef<int64_t> numbers);

/// The tensor type of operand i, or null (with an error) if it is no tensor of floats or its `?` is
/// not dim 0.
mlir::RankedTensorType tensorOperand(llvm::StringRef name, std::optional<mlir::Location> loc,
                                     mlir::ValueRange operands, unsigned i);

/// All of these attributes, by name, are there.
mlir::LogicalResult
checkPresent(llvm::StringRef name, std::optional<mlir::Location> loc,
             llvm::ArrayRef<std::pair<llvm::StringRef, mlir::Attribute>> attributes);

/// `dims` ascending, distinct and inside `rank`.
mlir::LogicalResult checkDims(llvm::StringRef name, std::optional<mlir::Location> loc,
                              llvm::ArrayRef<int64_t> dims, int64_t rank, bool ascending = true);

/// x without `dims`.
mlir::LogicalResult inferReduction(llvm::StringRef name, std::optional<mlir::Location> loc,
                                   mlir::ValueRange operands, mlir::DenseI64ArrayAttr dims,
                                   llvm::SmallVectorImpl<mlir::Type> &types);

/// The dims of 0..rank that `dims` does not name.
llvm::SmallVector<int64_t> otherDims(int64_t rank, llvm::ArrayRef<int64_t> dims);

/// Row-major strides of the given extents (a leading batch dim's extent does not matter).
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

} // namespace nnc::nn
