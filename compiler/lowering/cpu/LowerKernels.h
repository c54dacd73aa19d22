// LowerKernels: lowers planned kern functions to LLVM-dialect functions with scf loops.
//
// In:  func.funcs of kern ops in which every argument and every kernel result has a place
//      (PlanMemory).
// Out: for each, an `llvm.func @name(call, thread, threads)`, the nn_code of runtime/abi.h, that
//      calls its kernels `@name_k0, @name_k1, …` with a barrier wherever a kernel needs the results
//      of other threads. Kernels contain scf, arith, math, vector and llvm ops. nn.fixed_bytes
//      and its like stay on the functions; nn.stack_bytes is the stack size that a thread needs for
//      the panels of the kernel with the largest ones. A small function (SmallFunction.h) also gets
//      a form `@name_flat`, which `@name` calls for the usual number of rows.
//
// A function with the attribute nn.profile calls nn_call.stamp after every kernel and every
// barrier.
#pragma once

#include "compiler/machine/MachineModel.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

std::unique_ptr<mlir::Pass> createLowerKernelsPass(const MachineModel &target = {});

} // namespace nnc
