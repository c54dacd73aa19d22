// ElementBuilder: lets an op emit one vector of its result's elements without knowing where its
// operands are stored.
//
// A kernel computes `lanes()` elements of a result at once. The index along each dimension is an
// Index, which holds its value in every lane. Ops turn result indices into operand indices
// (PullOp::buildAt) and call load() for the elements of an operand. A code generator derives from
// this class and implements load(), which reads memory or calls the op that computes the operand.
// With lanes() == 1 everything is scalar, so one description serves both.
#pragma once

#include "compiler/dialect/elements/IndexBuilder.h"

#include "llvm/ADT/DenseMap.h"

namespace nnc::nn {

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

/// Emits elements. Only the pure virtual methods differ between code generators.
class ElementBuilder : public IndexBuilder {
public:
  using IndexBuilder::IndexBuilder;
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

  /// acc = init; for i in 0..count: acc = body(i, acc). Unrolled if short, otherwise an scf.for. i
  /// is uniform.
  mlir::Value accumulate(int64_t count, mlir::Value init,
                         llvm::function_ref<mlir::Value(Index, mlir::Value)> body);
};

} // namespace nnc::nn
