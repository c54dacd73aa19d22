// What long sums need that is not in one op's body: sums whose error does not grow with their
// length, and how far f32 counts.
#pragma once

#include "mlir/IR/Builders.h"

namespace nnc::nn {

/// Whether a walk over many elements loses digits in this reduction's state. Its state then is a
/// sum: a generator may take blocks of elements, each from the initial state on, and add up their
/// states by addCompensated().
bool losesDigits(mlir::Operation *reduction);

/// `sum` and x together, and what rounding lost of it (too much: it is taken off the next x):
/// Kahan's sum, whose error does not grow with the number of terms. From a sum of -0 and a loss of
/// 0 on, the first x is the sum. For scalars and vectors.
std::pair<mlir::Value, mlir::Value> addCompensated(mlir::OpBuilder &b, mlir::Location loc,
                                                   mlir::Value sum, mlir::Value lost,
                                                   mlir::Value x);

/// f32 holds every whole number up to this one: 2^24.
constexpr double exactInF32 = 16777216;

} // namespace nnc::nn
