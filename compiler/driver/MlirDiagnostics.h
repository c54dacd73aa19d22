// MLIR's messages in the compiler's own diagnostics, at the .nn lines their locations lead back to.
#pragma once

#include "compiler/support/Diagnostics.h"

#include "mlir/IR/MLIRContext.h"

namespace nnc {

/// From now on every error and warning of `context` becomes one of `diags`, which must outlive it.
void reportMlirDiagnostics(mlir::MLIRContext &context, Diagnostics &diags);

} // namespace nnc
