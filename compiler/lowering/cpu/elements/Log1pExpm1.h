// f32 log1p and expm1, accurate to 2 ulp for every argument, including tiny ones.
#pragma once

namespace mlir {
class RewritePatternSet;
}

namespace nnc {

/// Rewrites math.log1p and math.expm1 of f32 and of f32 vectors. MLIR's own approximations divide
/// by a logarithm to undo the rounding of 1 + x and of e^x, which costs another function each.
void populateLog1pExpm1Patterns(mlir::RewritePatternSet &patterns);

} // namespace nnc
