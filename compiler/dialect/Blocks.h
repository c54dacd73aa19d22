// Matrices stored in blocks of columns: element [k, n] of a [K, N] matrix is element [n / B, k, n %
// B] of a [N/B, K, B] tensor. A block is contiguous, so kernels that use a few columns at a time
// walk memory in order for any N.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace nnc::nn {

/// The type of a matrix in blocks of `block` columns. `block` must divide the second dim.
mlir::RankedTensorType blockedType(mlir::RankedTensorType matrix, int64_t block);

/// Converts a matrix to blocks, and back. Moves elements without changing them.
mlir::Value toBlocks(mlir::OpBuilder &b, mlir::Location loc, mlir::Value matrix, int64_t block);
mlir::Value fromBlocks(mlir::OpBuilder &b, mlir::Location loc, mlir::Value blocks);

} // namespace nnc::nn
