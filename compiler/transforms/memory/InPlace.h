// When the memory of a value may be overwritten by the one that replaces it: that of a persistent
// tensor by its update, that of a loop's state by the next state, and that of any dead value.
#pragma once

#include "compiler/dialect/kern/Kern.h"

namespace nnc {

/// Whether the kernel reads its input `argument` only at the index that it writes. Then it may
/// overwrite the input.
bool readsOnlyWhatItWrites(kern::FusedOp kernel, mlir::BlockArgument argument);

/// Whether `value` may be written over the arguments `old` of its block: a kernel computes it, no
/// op after the kernel reads them, and the kernel reads them only at the index that it writes.
bool mayOverwrite(mlir::OpResult value, llvm::ArrayRef<mlir::Value> old);

} // namespace nnc
