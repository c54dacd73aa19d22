// Decides whether a gradient is right at one point. The point may be a corner, an end of the domain
// or an extreme argument.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc::check {

enum class Judgement {
  Right, // the slope, or a number between the two slopes of a corner
  Wrong,
  Unknown, // finite differences cannot tell
};

/// `f(shift)` is the function's value at x + shift. If the gradient is wrong, sets `difference` to
/// the slope that was found.
Judgement judge(double gradient, double x, llvm::function_ref<double(double)> f,
                double &difference);

/// Arguments at which functions often go wrong: 0, and tiny to huge numbers of both signs.
constexpr double specialPoints[] = {0,  1e-30, -1e-30, 1e-8, -1e-8, 0.5,  -0.5, 1,    -1,
                                    20, -20,   100,    -100, 1e4,   -1e4, 1e30, -1e30};

} // namespace nnc::check
