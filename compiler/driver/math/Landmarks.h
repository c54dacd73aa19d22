// Finds the values of a forward pass that get names in formulas.
#pragma once

#include "compiler/driver/math/Step.h"

namespace nnc::math {

/// Fills step.parameters and step.landmarks. The step is not yet differentiated. Layers are
/// numbered in their order in the forward pass. The names are W₁ and b₁ (parameters), z₁ (a product
/// plus a bias; otherwise h₁), a₁ (the input of the next layer) and ŷ.
void findLandmarks(Step &step, mlir::Value loss, const Typography &type);

} // namespace nnc::math
