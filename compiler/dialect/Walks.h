// Walks through functions, and through the loops in them, that several stages share.
#pragma once

#include "mlir/IR/Operation.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc::nn {

/// Removes ops that nobody uses, from the last to the first, in the blocks of loops too.
void eraseDeadOps(mlir::Region &region);

/// The first value in the regions of `whole`, a result or a block's argument, whose type is
/// `wrong`; or null.
mlir::Value findValue(mlir::Operation *whole, llvm::function_ref<bool(mlir::Type)> wrong);

} // namespace nnc::nn
