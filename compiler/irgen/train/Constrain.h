// Generates `constrain net.weights to max_norm(theta, 3)` (LANGUAGE.md 8.1), which changes
// parameters after the optimizer's update.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

/// In the step function, applies a `constrain` entry to the parameters that it names. Returns false
/// after an error; it is one if there are none.
bool constrain(ProgramContext &ctx, const ast::ConstrainEntry &entry,
               llvm::ArrayRef<TensorInfo> trained);

} // namespace nnc
