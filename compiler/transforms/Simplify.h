// Simplify: applies the ops' own folders and canonicalisations to a fixed point, then eliminates
// common subexpressions and dead code.
//
// What is legal: an elementwise result must stay the same number, bit for bit, for all operands,
// including NaN, infinities and zeros of both signs. So x·0, x-x, x/x, x+0 and exp(log x) stay,
// products and sums of three are not regrouped, and a quotient is IEEE division. The only
// exception: powers with small whole or half exponents become products and roots, which round
// differently. Sums over axes have no fixed order: they may be split and regrouped if that saves a
// pass over memory.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// The pass `nn-simplify`, for a module without gradient requests. With a request, a rewrite could
/// remove the path from the number to the value with respect to which it is differentiated.
std::unique_ptr<mlir::Pass> createSimplifyPass();

} // namespace nnc
