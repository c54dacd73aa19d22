// KernelTable: the functions of kernels so far. Evaluation, prediction and tracing run the forward
// pass alike, and so do layers of the same shapes: what is the same code in several kernels is
// compiled once and shared. So a network of a thousand such layers takes hardly longer to compile
// than one of ten.
#pragma once

#include "compiler/dialect/kern/Kern.h"

#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

#include <map>

namespace nnc {

/// What a kernel computes: without its inputs, so that it can outlive what it reads, where its
/// results lie, and the places its random numbers are from, which are parameters.
class KernelForm {
public:
  KernelForm(kern::FusedOp kernel, llvm::ArrayRef<unsigned> slots);

  size_t hash() const { return code; }
  bool operator==(const KernelForm &other) const;

private:
  mlir::OwningOpRef<kern::FusedOp> kernel;
  llvm::SmallVector<unsigned> slots;
  mlir::DictionaryAttr attributes;
  size_t code;
};

class KernelTable {
public:
  /// The function of a kernel that does the same with the same buffers in common, or null.
  mlir::LLVM::LLVMFuncOp find(const KernelForm &form) const;
  void add(KernelForm form, mlir::LLVM::LLVMFuncOp function);

private:
  std::map<size_t, llvm::SmallVector<std::pair<KernelForm, mlir::LLVM::LLVMFuncOp>, 1>> entries;
};

/// The kernel's ops that draw random numbers, in order.
llvm::SmallVector<mlir::Operation *> drawingOps(kern::FusedOp kernel);

/// Marks the kernel's places as parameters before its code is written.
void markParameters(kern::FusedOp kernel);
/// Puts `arguments` in the place of the constants that are parameters.
void useParameters(mlir::LLVM::LLVMFuncOp function, mlir::ValueRange arguments);

} // namespace nnc
