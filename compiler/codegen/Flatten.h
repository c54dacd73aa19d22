// What makes small functions flat: kernels inlined, loads and stores of parts of vectors without
// masks.
#pragma once

#include "llvm/IR/PassManager.h"

namespace nnc {

/// Inlines every call of a function of the module.
class InlineKernelsPass : public llvm::PassInfoMixin<InlineKernelsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

/// Marks all loops as to be written out, whatever size that has: it is the function's work that is
/// bounded.
class MarkLoopsPass : public llvm::PassInfoMixin<MarkLoopsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

/// Loads and stores whose mask is constant and selects the first k lanes become loads and stores of
/// k elements: those can be taken apart, put together and forwarded, by the compiler and by the
/// processor; masked ones cannot.
class NarrowMaskedAccessPass : public llvm::PassInfoMixin<NarrowMaskedAccessPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace nnc
