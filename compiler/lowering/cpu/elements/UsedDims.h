// Finds the indices of a kernel's space that its ops use for more than passing them on unchanged.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"

#include "llvm/ADT/SmallBitVector.h"

namespace nnc {

/// For each dim of the kernel's space, whether an op of the region computes with its index when the
/// yielded values are evaluated. Unused indices need not be known, so such dims can be walked as
/// one.
llvm::SmallBitVector usedDims(KernelEmitter &emitter);

/// The same for evaluating `value` over its own index space.
llvm::SmallBitVector usedDims(KernelEmitter &emitter, mlir::Value value);

/// For each index of a space of `rank` dims, whether the code that `evaluate` builds depends on it.
/// `evaluate` gets the indices and returns the values of interest. The code is discarded.
llvm::SmallBitVector usedIndices(
    mlir::Location loc, size_t rank,
    llvm::function_ref<llvm::SmallVector<mlir::Value>(mlir::OpBuilder &, llvm::ArrayRef<nn::Index>)>
        evaluate);

} // namespace nnc
