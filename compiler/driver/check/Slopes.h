// Whether a gradient is a function's slope at one point, where the function may have a corner, an
// end of its domain or an extreme argument.
#pragma once

#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc::check {

enum class Judgement {
  Right, // the slope, or at a corner a number between the slopes on both sides
  Wrong,
  Unknown, // finite differences do not tell
};

/// `f(shift)` is the function's value at x + shift. Sets `difference` to the slope that was found,
/// when the gradient is wrong.
Judgement judge(double gradient, double x, llvm::function_ref<double(double)> f,
                double &difference);

/// Arguments at which functions like to go wrong: 0, and numbers that are small, large, tiny and
/// huge, of both signs.
constexpr double specialPoints[] = {0,  1e-30, -1e-30, 1e-8, -1e-8, 0.5,  -0.5, 1,    -1,
                                    20, -20,   100,    -100, 1e4,   -1e4, 1e30, -1e30};

} // namespace nnc::check
