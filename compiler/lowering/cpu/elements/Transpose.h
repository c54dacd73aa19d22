// Transposes a square of vectors in registers.
#pragma once

#include "mlir/IR/Builders.h"
#include "llvm/ADT/SmallVector.h"

namespace nnc {

/// Lane i of result j is lane j of rows[i]. There must be as many rows as lanes, a power of two;
/// rows are LLVM-compatible vectors.
llvm::SmallVector<mlir::Value> transposeSquare(mlir::OpBuilder &b, mlir::Location loc,
                                               llvm::ArrayRef<mlir::Value> rows);

} // namespace nnc
