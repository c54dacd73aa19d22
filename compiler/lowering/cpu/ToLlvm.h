// ToLlvm: converts all remaining ops to the LLVM dialect.
//
// In:  llvm.funcs with scf, cf, arith, math, vector and llvm ops.
// Out: only the LLVM dialect. f32 exp, expm1, log, log1p, tanh, erf, sin and cos become polynomials
//      (see accuracy in the README); other functions of f32 and all of f64 call libm. No op may be
//      contracted or reassociated. On a target without the instruction, a fused multiply-add
//      becomes a product and a sum, which are rounded separately, and floor becomes a few
//      additions, because libm takes many times as long.
#pragma once

#include "compiler/machine/MachineModel.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

std::unique_ptr<mlir::Pass> createToLlvmPass(const MachineModel &target = {});

} // namespace nnc
