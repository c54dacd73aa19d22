// LowerKernels: planned kern functions become LLVM-dialect functions with scf loops.
//
// In:  func.funcs of kern ops in which every argument and every kernel result has a place
// (PlanMemory). Out: for each, an `llvm.func @name(call, thread, threads)`, the nn_code of
// runtime/abi.h, that calls its kernels
//      `@name_k0, @name_k1, …` with a barrier wherever one needs what other threads did. Kernels
//      hold scf, arith, math, vector and llvm ops. nn.fixed_bytes and nn.row_bytes stay on the
//      functions; nn.stack_bytes says how much stack a thread needs for the panels of its hungriest
//      kernel. A small function (SmallFunction.h) also becomes `@name_flat`, which `@name` leaves
//      the usual number of rows to.
//
// A function with the attribute nn.profile calls nn_call.stamp behind every kernel and every
// barrier.
#pragma once

#include "compiler/lowering/cpu/Target.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

std::unique_ptr<mlir::Pass> createLowerKernelsPass(const LoweringTarget &target = {});

} // namespace nnc
