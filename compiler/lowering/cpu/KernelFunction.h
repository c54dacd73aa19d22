// The function of a kernel takes each distinct buffer once, so no two pointers overlap and noalias
// is correct:
//
// (buffer…, rows, batch, thread, threads, place…)
//
// rows is the number of examples to compute: the whole batch or a panel. The places are those of
// the kernel's random numbers.
#pragma once

#include "compiler/dialect/kern/Kern.h"
#include "compiler/machine/MachineModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"

namespace nnc {

constexpr unsigned numbersOfKernel = 4;

/// The distance of the rows of a value in memory, in elements (Buffer::pitch).
int64_t pitchOf(mlir::Value value);

/// Emits the function of a kernel before `source`. `slots` are the numbers of the buffers of its
/// inputs and results.
mlir::LLVM::LLVMFuncOp makeKernelFunction(mlir::func::FuncOp source, llvm::StringRef name,
                                          kern::FusedOp kernel, llvm::ArrayRef<unsigned> slots,
                                          unsigned buffers, const MachineModel &target);

} // namespace nnc
