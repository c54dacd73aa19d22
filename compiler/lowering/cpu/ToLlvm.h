// ToLlvm: everything that LowerKernels leaves becomes the LLVM dialect.
//
// In:  llvm.funcs with scf, cf, arith, math, vector and llvm ops.
// Out: the LLVM dialect alone. f32 exp, expm1, log, log1p, tanh, erf, sin, cos become polynomials
// in place (see accuracy in the
//      README); other functions of f32 and all of f64 call libm. No op may be contracted or
//      reassociated. On a target without an instruction for it, a fused multiply-add becomes a
//      product and a sum, which round one after the other, and floor some additions: libm takes
//      many times as long.
#pragma once

#include "compiler/lowering/cpu/Target.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

std::unique_ptr<mlir::Pass> createToLlvmPass(const LoweringTarget &target = {});

} // namespace nnc
