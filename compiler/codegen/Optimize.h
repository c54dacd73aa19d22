// LLVM's middle end, with the passes that pay on code that is already vector code.
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
