// Runs LLVM's middle end with the passes that pay for code that is already vectorised.
#pragma once

#include "llvm/Support/Error.h"

namespace llvm {
class Module;
class TargetMachine;
} // namespace llvm

namespace nnc {

/// Optimizes `module` in place for `machine`.
void optimize(llvm::Module &module, llvm::TargetMachine &machine);

} // namespace nnc
