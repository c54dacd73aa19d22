// Turns MLIR's messages into diagnostics of the compiler, at the .nn lines of their locations.
#pragma once

#include "compiler/support/Diagnostics.h"

#include "mlir/IR/MLIRContext.h"

namespace nnc {

/// From now on every error and warning of `context` is added to `diags`, which must outlive it.
void reportMlirDiagnostics(mlir::MLIRContext &context, Diagnostics &diags);

} // namespace nnc
