// Values of the steps of a finished scan, for those outside of it.
#pragma once

#include "mlir/IR/Value.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc {

/// Whether `v` is a value of one run of a loop, which nothing outside of it sees.
bool isInLoop(mlir::Value v);
/// `v`, a value in the block of a scan, of all steps. The scan gets one more result, for which it
/// is made anew: calls `replaced` with each of the old results and what takes its place.
mlir::Value ofAllSteps(mlir::Value v, llvm::function_ref<void(mlir::Value, mlir::Value)> replaced);

} // namespace nnc
