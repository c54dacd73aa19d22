// Places of random numbers: ops that draw have a number `place`, by which two of them draw
// differently. What else is the same in two kernels is compiled once, with the places as
// parameters.
#pragma once

#include "mlir/IR/Operation.h"

namespace nnc::nn {

/// The attribute with an op's place.
constexpr llvm::StringLiteral placeName = "place";
/// On an op with a place: it is the parameter of this number. The op's code then marks the constant
/// that is its place alike.
constexpr llvm::StringLiteral parameterName = "nn.parameter";

/// The place of an op that draws; null for any other.
inline mlir::IntegerAttr placeOf(mlir::Operation *op) {
  auto attribute = op->getInherentAttr(placeName);
  return attribute ? mlir::dyn_cast_or_null<mlir::IntegerAttr>(*attribute) : mlir::IntegerAttr();
}

} // namespace nnc::nn
