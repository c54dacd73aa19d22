// Contractions: chooses between the tile generator and plain loops, and makes the choice visible.
#pragma once

#include "compiler/lowering/cpu/Target.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// Puts the plan of every contraction kernel on it as the attribute `kern.tiles`, which the
/// generator then follows, and as `kern.tiles_shared` one for several threads where they need
/// another. Kernels that have `kern.tiles` keep what they have. A kernel without the attribute is
/// planned when it is emitted.
std::unique_ptr<mlir::Pass> createTileContractionsPass(const LoweringTarget &target = {});

} // namespace nnc
