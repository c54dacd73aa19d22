// KernelTable: the kernel functions that exist so far. Evaluation, prediction and tracing run the
// same forward pass, and layers of equal shape have equal kernels. Code that several kernels have
// in common is compiled once and shared. So a network of a thousand equal layers takes hardly
// longer to compile than one of ten.
#pragma once

#include "compiler/dialect/kern/Kern.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <map>

namespace nnc {

/// What a kernel computes, without its inputs (so that it can outlive them), without the places of
/// its results, and without the places of its random numbers, which are parameters.
class KernelForm {
public:
  KernelForm(kern::FusedOp kernel, llvm::ArrayRef<unsigned> slots);

  size_t hash() const { return code; }
  bool operator==(const KernelForm &other) const;

private:
  mlir::OwningOpRef<kern::FusedOp> kernel;
  llvm::SmallVector<unsigned> slots;
  llvm::SmallVector<int64_t> pitches; // of the inputs and results
  mlir::DictionaryAttr attributes;
  size_t code;
};

class KernelTable {
public:
  /// The function of an equal kernel that has the same buffers in common, or null.
  mlir::LLVM::LLVMFuncOp find(const KernelForm &form) const;
  void add(KernelForm form, mlir::LLVM::LLVMFuncOp function);

private:
  std::map<size_t, llvm::SmallVector<std::pair<KernelForm, mlir::LLVM::LLVMFuncOp>, 1>> entries;
};

/// The ops of the kernel that draw random numbers, in order.
llvm::SmallVector<mlir::Operation *> drawingOps(kern::FusedOp kernel);

/// Marks the kernel's places of random numbers as parameters before its code is emitted.
void markParameters(kern::FusedOp kernel);
/// Replaces the constants that are parameters by `arguments`.
void useParameters(mlir::LLVM::LLVMFuncOp function, mlir::ValueRange arguments);

} // namespace nnc
