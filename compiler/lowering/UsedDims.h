// Which indices of a kernel's space its ops look at, beyond passing them on unchanged.
#pragma once

#include "compiler/lowering/KernelEmitter.h"

#include "llvm/ADT/SmallBitVector.h"

namespace nnc {

/// For each dim of the kernel's space, whether an op of the region computes with that index when the yielded values are
/// evaluated. Indices that are not used need not be known: such dims can be walked as one.
llvm::SmallBitVector usedDims(KernelEmitter &emitter);

/// The same for evaluating `value` over its own index space.
llvm::SmallBitVector usedDims(KernelEmitter &emitter, mlir::Value value);

} // namespace nnc
