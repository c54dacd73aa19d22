// Plans contractions (with the tile generator or plain loops) and records the plans as attributes.
#pragma once

#include "compiler/machine/MachineModel.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// Sets the plan of every contraction kernel as the attribute `kern.tiles`, which the generator
/// follows, and a separate plan for several threads as `kern.tiles_shared` if they need one.
/// Kernels that already have `kern.tiles` keep it. A kernel without the attribute is planned when
/// it is emitted.
std::unique_ptr<mlir::Pass> createTileContractionsPass(const MachineModel &target = {});

} // namespace nnc
