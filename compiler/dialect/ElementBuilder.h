// ElementBuilder: lets an op emit one vector of its result's elements without knowing where its
// operands are stored.
//
// A kernel computes `lanes()` elements of a result at once. The index along each dimension is an
// Index, which holds its value in every lane. Ops turn result indices into operand indices
// (PullOp::buildAt) and call load() for the elements of an operand. A code generator derives from
// this class and implements load(), which reads memory or calls the op that computes the operand.
// With lanes() == 1 everything is scalar, so one description serves both.
#pragma once

#include "mlir/IR/Builders.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc::nn {

/// One tensor index in every lane of a vector: a base and the constant distance of each lane from
/// it, or one value for each lane. The distances are a stride times the lane ("affine") or any
/// pattern: lane / 2, or lane % 8.
class Index {
public:
  /// `base` has type `index`; lane l has base + stride * l. `divisor` is known to divide the base.
  /// With it, divisions by constants can keep the distances constant (see
  /// ElementBuilder::floorDiv).
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

/// Whether code in `here` may use a value that was emitted earlier: it is in that block or in a
/// surrounding one, not in the body of a loop that has ended.
bool isVisible(mlir::Value value, mlir::Block *here);

/// Remembers the elements that a builder has emitted, so that each is emitted once. Otherwise the
/// code for a chain of ops that each use their operand twice would double with every op.
class ElementMemo {
public:
  /// The element of `value` at these indices under this mask (which may be null), or null.
  mlir::Value find(mlir::Value value, const IndexKey &index, mlir::Value mask,
                   mlir::Block *here) const;
  void keep(mlir::Value value, const IndexKey &index, mlir::Value mask, mlir::Value element) {
    entries[value].push_back({index, mask, element});
  }

private:
  struct Entry {
    IndexKey index;
    mlir::Value mask, element;
  };
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Entry, 1>> entries;
};

/// Emits elements at the insertion point of builder(). Below, "Value" means a scalar if lanes() ==
/// 1, otherwise a vector of lanes() elements; "mask" means i1 or vector<lanes x i1>. Only the pure
/// virtual methods differ between code generators.
class ElementBuilder {
public:
  ElementBuilder(mlir::OpBuilder &b, mlir::Location loc, int64_t lanes)
      : b(b), loc(loc), laneCount(lanes) {}
  virtual ~ElementBuilder() = default;

  /// The elements of operand `operand` (of the op whose buildAt is running) at `index`, as a Value
  /// of the element type of that operand; host scalars (tensor<f64>) give f64. Lanes in which
  /// `mask` is false give 0, read no memory, and may have any index. An implementation that
  /// computes the operand with its own op's buildAt must pass the mask on to every load there. A
  /// null mask means all lanes.
  virtual mlir::Value load(unsigned operand, llvm::ArrayRef<Index> index,
                           mlir::Value mask = {}) = 0;
  /// The number of examples in this call, of type `index`.
  virtual mlir::Value batchSize() = 0;

  mlir::OpBuilder &builder() { return b; }
  mlir::Location location() const { return loc; }
  int64_t lanes() const { return laneCount; }
  /// `element`, or a vector of lanes() of them.
  mlir::Type typeOf(mlir::Type element) const;

  // Indices
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
  /// The conjunction. Null means "all lanes" and is the neutral element.
  mlir::Value both(mlir::Value maskA, mlir::Value maskB);
  mlir::Value negate(mlir::Value mask);
  mlir::Value select(mlir::Value mask, mlir::Value a, mlir::Value b);

  // Elements
  /// The constant `value` of element type `element` in all lanes.
  mlir::Value splat(mlir::Type element, double value);
  /// An index as a floating-point Value.
  mlir::Value toElement(Index a, mlir::Type element);
  /// Converts a floating-point Value that holds integers, rounded and clamped to [0, limit - 1].
  /// NaN gives 0.
  Index toIndex(mlir::Value element, int64_t limit);
  /// Splats a scalar over the lanes. Does nothing if it is a vector or lanes() == 1.
  mlir::Value broadcast(mlir::Value scalar);

  // Integers of a fixed width, for random numbers
  mlir::Value integer(unsigned bits, uint64_t value);
  /// An index as integers of `bits` bits (truncated).
  mlir::Value toInteger(Index a, unsigned bits);

  // Loops
  /// acc = init; for i in 0..count: acc = body(i, acc). Unrolled if short, otherwise an scf.for. i
  /// is uniform.
  mlir::Value accumulate(int64_t count, mlir::Value init,
                         llvm::function_ref<mlir::Value(Index, mlir::Value)> body);

private:
  Index offsetBy(mlir::Value base, int64_t divisor, llvm::function_ref<int64_t(int64_t)> offsetOf);
  bool everyOffset(const Index &a, llvm::function_ref<bool(int64_t)> holds);
  mlir::Value compare(int predicate, Index a, int64_t c);
  mlir::OpBuilder &b;
  mlir::Location loc;
  int64_t laneCount;
};

} // namespace nnc::nn
