// Matrices in blocks of columns: element [k, n] of a [K, N] matrix is element [n / B, k, n % B] of
// a [N/B, K, B] tensor. A block is contiguous, so kernels that use some columns at a time walk
// memory in order, whatever N is.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace nnc::nn {

/// The type of a matrix in blocks of `block` columns, which must divide its second dim.
mlir::RankedTensorType blockedType(mlir::RankedTensorType matrix, int64_t block);

/// A matrix in blocks, and back. Moves elements; does not change them.
mlir::Value toBlocks(mlir::OpBuilder &b, mlir::Location loc, mlir::Value matrix, int64_t block);
mlir::Value fromBlocks(mlir::OpBuilder &b, mlir::Location loc, mlir::Value blocks);

} // namespace nnc::nn
