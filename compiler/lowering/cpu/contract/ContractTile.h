// The innermost part of a contraction: the products of one register tile.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/elements/VectorMemory.h"

namespace nnc {

/// An inner dim of at most this extent (a convolution window) is fully unrolled, unless its steps
/// must stay separate.
constexpr int64_t wholeUnroll = 8;

/// The elements of one operand that a register tile uses.
struct TileOperand {
  mlir::Value base; // the address at which all summed indices are 0
  llvm::SmallVector<int64_t>
      offsets; // of each row (scalars) or column (vectors) from it, in elements
  llvm::SmallVector<int64_t> strides; // along each summed dim, in elements
  /// For a fully unrolled inner dim: for each offset, the steps that use it. Empty: all steps.
  llvm::SmallVector<std::pair<int64_t, int64_t>> ranges;
  bool pairs =
      false; // scalars: each offset has two neighbouring rows, for the even and the odd lanes
};

/// The range of a summed dim.
struct SummedExtent {
  int64_t known;          // -1: only `value` is known
  mlir::Value value;      // of type index
  mlir::Value first = {}; // the first step; null: 0
};

/// Adds Σ scalars[row] * vectors[column] over the summed dims, outer to inner, to `sums` (row by
/// row) and returns them. In lanes where the mask of a column (which may be null) is false, no
/// memory is read. `unroll` is the number of steps in one iteration of the inner loop.
llvm::SmallVector<mlir::Value> emitProducts(KernelEmitter &emitter, mlir::Type element,
                                            int64_t lanes, const TileOperand &scalars,
                                            const TileOperand &vectors,
                                            llvm::ArrayRef<mlir::Value> masks,
                                            llvm::ArrayRef<SummedExtent> extents, int64_t unroll,
                                            llvm::SmallVector<mlir::Value> sums);

} // namespace nnc
