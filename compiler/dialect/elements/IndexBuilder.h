// IndexBuilder: computes with indices. It keeps the distances between lanes constant as long as
// possible: loads at constant distances are vector loads (with a shuffle at most), others are
// gathers.
#pragma once

#include "compiler/dialect/elements/Index.h"
#include "compiler/dialect/elements/LaneBuilder.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc::nn {

class IndexBuilder : public LaneBuilder {
public:
  using LaneBuilder::LaneBuilder;

  Index constant(int64_t value);
  /// A uniform index from an `index` value.
  Index uniform(mlir::Value value, int64_t divisor = 1) { return Index::affine(value, 0, divisor); }
  Index add(Index a, Index b);
  Index add(Index a, int64_t c);
  Index mul(Index a, int64_t c);
  /// a / c and a % c for a >= 0 and c > 0. The distances between lanes stay constant if c divides
  /// the base or all distances, or if no lane can cross a multiple of c, that is, if gcd(divisor,
  /// c) exceeds the span of the lanes.
  Index floorDiv(Index a, int64_t c);
  Index mod(Index a, int64_t c);
  /// Σ index[i] * strides[i].
  Index linearize(llvm::ArrayRef<Index> index, llvm::ArrayRef<int64_t> strides);
  /// a as vector<lanes x index> (or `index` when lanes() == 1).
  mlir::Value materialize(Index a);

  // Masks
  /// a < c, a >= c, a == c, lane by lane (signed).
  mlir::Value lessThan(Index a, int64_t c);
  mlir::Value atLeast(Index a, int64_t c);
  mlir::Value equals(Index a, int64_t c);

  // Conversions
  /// An index as a floating-point Value.
  mlir::Value toElement(Index a, mlir::Type element);
  /// Converts a floating-point Value that holds integers, rounded and clamped to [0, limit - 1].
  /// NaN gives 0.
  Index toIndex(mlir::Value element, int64_t limit);
  /// An index as integers of `bits` bits (truncated).
  mlir::Value toInteger(Index a, unsigned bits);

private:
  Index offsetBy(mlir::Value base, int64_t divisor, llvm::function_ref<int64_t(int64_t)> offsetOf);
  bool everyOffset(const Index &a, llvm::function_ref<bool(int64_t)> holds);
  mlir::Value compare(int predicate, Index a, int64_t c);
};

} // namespace nnc::nn
