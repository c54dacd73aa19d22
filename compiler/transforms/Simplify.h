// Simplify: the ops' own folders and canonicalisations to a fixed point, then common
// subexpressions, then dead code.
//
// What is legal: a rewrite may not make a result less accurate, nor hide a NaN or an infinity. So
// x·0 stays unless x is known to be finite; x-x, x/x and exp(log x) stay; sums and products may be
// regrouped where that saves work; the sign of a zero is not kept (x+0 is x). One exception: to
// divide many elements by one that is computed at run time is to multiply them by its reciprocal,
// which rounds once more.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// For a module without gradient requests: `nn-simplify`. A request that is still there may lose its
/// way: after a rewrite its number may no longer be computed from the value it is derived by.
std::unique_ptr<mlir::Pass> createSimplifyPass();

} // namespace nnc
