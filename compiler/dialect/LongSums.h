// Helpers for long sums: compensated summation, whose error does not grow with the number of terms,
// and the limit to which f32 can count.
#pragma once

#include "mlir/IR/Builders.h"

namespace nnc::nn {

/// Whether the state of this reduction loses digits over many elements. Its state is then a sum: a
/// generator may reduce blocks of elements, each starting from the initial state, and add their
/// states with addCompensated().
bool losesDigits(mlir::Operation *reduction);

/// Adds x to `sum`. Returns the new sum and the rounding error, which the next call subtracts from
/// its x: Kahan's sum, whose error does not grow with the number of terms. Starting from a sum of
/// -0 and an error of 0, the first sum is x itself. For scalars and vectors.
std::pair<mlir::Value, mlir::Value> addCompensated(mlir::OpBuilder &b, mlir::Location loc,
                                                   mlir::Value sum, mlir::Value lost,
                                                   mlir::Value x);

/// The largest number up to which f32 holds every whole number: 2^24.
constexpr double exactInF32 = 16777216;

} // namespace nnc::nn
