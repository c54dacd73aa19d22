// Passes that make small functions flat: they inline kernels, unroll loops, and replace masked
// loads and stores of parts of vectors.
#pragma once

#include "llvm/IR/PassManager.h"

namespace nnc {

/// Inlines every call of a function in the module.
class InlineKernelsPass : public llvm::PassInfoMixin<InlineKernelsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

/// Marks all loops for full unrolling, whatever the size: the work of the function is bounded.
class MarkLoopsPass : public llvm::PassInfoMixin<MarkLoopsPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

/// Turns loads and stores with a constant mask that selects the first k lanes into loads and stores
/// of k elements. Unlike masked ones, the compiler and the processor can split, merge and forward
/// them.
class NarrowMaskedAccessPass : public llvm::PassInfoMixin<NarrowMaskedAccessPass> {
public:
  llvm::PreservedAnalyses run(llvm::Function &function, llvm::FunctionAnalysisManager &analyses);
};

} // namespace nnc
