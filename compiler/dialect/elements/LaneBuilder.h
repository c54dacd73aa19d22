// LaneBuilder: emits values that have one number in every lane.
#pragma once

#include "mlir/IR/Builders.h"

namespace nnc::nn {

/// Emits at the insertion point of builder(). "Value" means a scalar if lanes() == 1, otherwise a
/// vector of lanes() elements; "mask" means i1 or vector<lanes x i1>.
class LaneBuilder {
public:
  LaneBuilder(mlir::OpBuilder &b, mlir::Location loc, int64_t lanes)
      : b(b), loc(loc), laneCount(lanes) {}

  mlir::OpBuilder &builder() { return b; }
  mlir::Location location() const { return loc; }
  int64_t lanes() const { return laneCount; }
  /// `element`, or a vector of lanes() of them.
  mlir::Type typeOf(mlir::Type element) const;

  /// Splats a scalar over the lanes. Does nothing if it is a vector or lanes() == 1.
  mlir::Value broadcast(mlir::Value scalar);
  /// The constant `value` of element type `element` in all lanes.
  mlir::Value splat(mlir::Type element, double value);
  /// An integer of a fixed width in all lanes, for random numbers.
  mlir::Value integer(unsigned bits, uint64_t value);

  // Masks
  /// The conjunction. Null means "all lanes" and is the neutral element.
  mlir::Value both(mlir::Value maskA, mlir::Value maskB);
  mlir::Value negate(mlir::Value mask);
  mlir::Value select(mlir::Value mask, mlir::Value a, mlir::Value b);

protected:
  mlir::OpBuilder &b;
  mlir::Location loc;
  int64_t laneCount;
};

} // namespace nnc::nn
