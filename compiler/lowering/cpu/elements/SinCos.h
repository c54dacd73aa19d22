// f32 sine and cosine, accurate to about 2 ulp (near zeros of the function: 1e-7 absolute) for
// every argument.
#pragma once

namespace mlir {
class RewritePatternSet;
}

namespace nnc {

/// Rewrites math.sin and math.cos of f32 and of f32 vectors. MLIR's own approximations reduce the
/// argument in f32, which loses all digits near multiples of π beyond the first few. `hasFma`:
/// whether the machine has fused multiply-adds.
void populateSinCosPatterns(mlir::RewritePatternSet &patterns, bool hasFma);

} // namespace nnc
