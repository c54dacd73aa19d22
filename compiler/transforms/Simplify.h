// Simplify: the ops' own folders and canonicalisations to a fixed point, then common
// subexpressions, then dead code.
//
// What is legal: an elementwise result stays the same number, bit for bit, for all operands, among
// them NaN, infinities and zeros of both signs. So x·0, x-x, x/x, x+0 and exp(log x) stay, products
// and sums of three are not regrouped, and a quotient is IEEE's division. Powers by small whole and
// half exponents alone become products and roots, which round differently. Sums over axes have no
// order of their own: they may be taken apart and regrouped where that saves a pass over memory.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// For a module without gradient requests: `nn-simplify`. A request that is still there may lose
/// its way: after a rewrite its number may no longer be computed from the value it is derived by.
std::unique_ptr<mlir::Pass> createSimplifyPass();

} // namespace nnc
