// The innermost part of a contraction: the products of one register tile.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/elements/VectorMemory.h"

namespace nnc {

/// A short inner dim (a convolution's window) is unrolled as a whole, unless steps are to be kept
/// apart.
constexpr int64_t wholeUnroll = 8;

/// The elements of one operand that a register tile uses.
struct TileOperand {
  mlir::Value base; // the address where all summed indices are 0
  llvm::SmallVector<int64_t>
      offsets; // of each row (scalars) or column (vectors) from it, in elements
  llvm::SmallVector<int64_t> strides; // along each summed dim, in elements
  /// Of an inner dim written out as a whole: for each offset, the steps that it takes part in.
  /// Empty: in all.
  llvm::SmallVector<std::pair<int64_t, int64_t>> ranges;
  bool pairs =
      false; // scalars: at each offset are two neighbouring rows, for the even and the odd lanes
};

/// How far a summed dim is walked.
struct SummedExtent {
  int64_t known;     // -1: only `value` knows
  mlir::Value value; // of type index
  mlir::Value first; // steps before it are left out; null: none are
};

/// Adds Σ scalars[row] * vectors[column] over the summed dims, outer to inner, to `sums` (row by
/// row) and returns them. Columns whose mask (may be null) is false in a lane read no memory there.
/// `unroll`: steps in one pass of the inner loop.
llvm::SmallVector<mlir::Value> emitProducts(KernelEmitter &emitter, mlir::Type element,
                                            int64_t lanes, const TileOperand &scalars,
                                            const TileOperand &vectors,
                                            llvm::ArrayRef<mlir::Value> masks,
                                            llvm::ArrayRef<SummedExtent> extents, int64_t unroll,
                                            llvm::SmallVector<mlir::Value> sums);

} // namespace nnc
