// The places of random ops. A place is a number that makes two ops draw different numbers. Kernels
// that differ only in their places are compiled once, with the places as parameters.
#pragma once

#include "mlir/IR/Operation.h"

namespace nnc::nn {

/// The attribute that holds the place of an op.
constexpr llvm::StringLiteral placeName = "place";
/// On an op with a place: the number of the parameter that holds the place. The op's code sets the
/// same attribute on the constant that is its place.
constexpr llvm::StringLiteral parameterName = "nn.parameter";

/// The place of a random op; null for any other op.
inline mlir::IntegerAttr placeOf(mlir::Operation *op) {
  auto attribute = op->getInherentAttr(placeName);
  return attribute ? mlir::dyn_cast_or_null<mlir::IntegerAttr>(*attribute) : mlir::IntegerAttr();
}

} // namespace nnc::nn
