// ToLlvm: everything that LowerKernels leaves becomes the LLVM dialect.
//
// In:  llvm.funcs with scf, cf, arith, math, vector and llvm ops.
// Out: the LLVM dialect alone. f32 exp, log, tanh, erf, sin, cos become polynomials in place (see accuracy in the
//      README); other functions of f32 and all of f64 call libm. No op may be contracted or reassociated.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

std::unique_ptr<mlir::Pass> createToLlvmPass();

} // namespace nnc
