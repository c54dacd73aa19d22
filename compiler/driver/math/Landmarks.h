// Which values of a forward pass get names, and which.
#pragma once

#include "compiler/driver/math/Step.h"

namespace nnc::math {

/// Fills step.parameters and step.landmarks. The step is not yet differentiated. Layers are
/// numbered in the order in which they come: W₁, b₁, z₁ (a product plus a bias; otherwise h₁), a₁
/// (what reaches the next layer), ŷ.
void findLandmarks(Step &step, mlir::Value loss, const Typography &type);

} // namespace nnc::math
