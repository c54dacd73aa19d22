// Index: one tensor index in every lane of a vector.
#pragma once

#include "mlir/IR/Value.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace nnc::nn {

/// One tensor index in every lane of a vector: a base and the constant distance of each lane from
/// it, or one value for each lane. The distances are a stride times the lane ("affine") or any
/// pattern: lane / 2, or lane % 8.
class Index {
public:
  /// `base` has type `index`; lane l has base + stride * l. `divisor` is known to divide the base.
  /// With it, divisions by constants can keep the distances constant (see
  /// IndexBuilder::floorDiv).
  static Index affine(mlir::Value base, int64_t stride, int64_t divisor = 1) {
    return Index(base, stride, divisor, /*perLane=*/false);
  }
  /// Lane l has base + offsets[l].
  static Index pattern(mlir::Value base, llvm::ArrayRef<int64_t> offsets, int64_t divisor = 1);
  /// `values` has type vector<lanes x index>.
  static Index lanes(mlir::Value values) { return Index(values, 0, 1, /*perLane=*/true); }

  /// Whether the distances between lanes are constants (affine or a pattern).
  bool hasBase() const { return !perLane; }
  bool isAffine() const { return !perLane && offsets.empty(); }
  /// Whether the value is the same in every lane.
  bool isUniform() const { return isAffine() && stride == 0; }
  /// The base, of type index. Requires hasBase().
  mlir::Value getBase() const { return assert(!perLane), value; }
  /// The distance of the lane from the base. Requires hasBase().
  int64_t getOffset(int64_t lane) const {
    return assert(!perLane), offsets.empty() ? stride *lane : offsets[lane];
  }
  int64_t getStride() const { return assert(isAffine()), stride; }
  /// A number that divides the base (0 if the base is the constant 0). Requires hasBase().
  int64_t getDivisor() const { return divisor; }
  /// The vector<lanes x index>. Requires !hasBase().
  mlir::Value getLanes() const { return assert(perLane), value; }

private:
  Index(mlir::Value value, int64_t stride, int64_t divisor, bool perLane)
      : value(value), stride(stride), divisor(divisor), perLane(perLane) {}
  mlir::Value value;
  int64_t stride, divisor;
  bool perLane;
  llvm::SmallVector<int64_t, 0> offsets; // for a pattern
};

/// Equal indices have equal keys.
using IndexKey = llvm::SmallVector<std::pair<void *, int64_t>, 4>;
IndexKey keyOf(llvm::ArrayRef<Index> index, int64_t lanes);

} // namespace nnc::nn
