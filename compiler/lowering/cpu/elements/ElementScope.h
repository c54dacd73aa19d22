// ElementScope: evaluates the nn ops of a kernel at one point of its index space, one vector of
// elements at a time.
//
// A scope represents one point: a tuple of indices, and the place in the code where its elements
// are emitted. In a scope each (value, index) is emitted once. Values that are the same in all
// lanes are computed as scalars and splatted. Those of rank 0 that do not depend on a root are
// computed in the kernel's prologue.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"

namespace nnc {

class ElementScope final : public nn::ElementBuilder {
public:
  /// Lanes where `mask` (which may be null) is false are past the end: nothing is loaded for them,
  /// and their values do not matter. `b` determines where the code is emitted.
  ElementScope(KernelEmitter &emitter, mlir::OpBuilder &b, int64_t lanes, mlir::Value mask = {});

  /// States that region value `value` is `element` at `index`. It is never computed at any other
  /// index in this scope.
  void bind(mlir::Value value, llvm::ArrayRef<nn::Index> index, mlir::Value element);
  /// States that `index` in a row-major tensor of shape `shape` is element number `linear`, and
  /// exists (in the lanes of the mask).
  void setLinear(llvm::ArrayRef<nn::Index> index, llvm::ArrayRef<int64_t> shape, nn::Index linear);

  /// From here on, every load from a batched tensor also prefetches the same element of the next
  /// example.
  void askForNextExample() { asksAhead = true; }

  /// The offset of an element of a tensor from its first one: it is at `index`, and element number
  /// `linear`.
  nn::Index offsetIn(const Buffer &buffer, llvm::ArrayRef<nn::Index> index, nn::Index linear);

  /// Region value `value` at `index`: a scalar if lanes() == 1, otherwise a vector.
  mlir::Value at(mlir::Value value, llvm::ArrayRef<nn::Index> index);

  mlir::Value load(unsigned operand, llvm::ArrayRef<nn::Index> index,
                   mlir::Value mask = {}) override;
  mlir::Value batchSize() override { return emitter.batch(); }

private:
  using Key = nn::IndexKey;
  struct Entry {
    Key index;
    mlir::Value mask, element;
  };
  Key keyOf(llvm::ArrayRef<nn::Index> index) const { return nn::keyOf(index, lanes()); }
  mlir::Value find(mlir::Value value, const Key &index);
  bool existsAnyway(llvm::ArrayRef<nn::Index> index, llvm::ArrayRef<int64_t> shape) const;
  void askFor(const Buffer &buffer, const nn::Index &at);
  mlir::Value loadBuffer(const Buffer &buffer, llvm::ArrayRef<nn::Index> index);
  mlir::Value loadUniformMasked(const Buffer &buffer, mlir::Value offset);
  ElementScope &scalars();

  KernelEmitter &emitter;
  mlir::Value tail;  // the lanes that exist
  mlir::Value asked; // the lanes that the current ops need; null: all
  mlir::Operation *current = nullptr;
  bool currentIsLinear =
      false; // it has the same elements as its operand, and is evaluated at a linear point
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Entry, 1>> memo;
  bool isLinear(const Key &index, llvm::ArrayRef<int64_t> shape) const;
  /// The point in the kernel's space, and the same element in the shapes to which ops reshape it.
  struct LinearPoint {
    Key index;
    llvm::SmallVector<int64_t> shape;
  };
  llvm::SmallVector<LinearPoint, 1> linearPoints;
  llvm::SmallVector<nn::Index> linearIndex;
  std::optional<nn::Index> linear;
  bool asksAhead = false;
  std::unique_ptr<ElementScope> scalarScope;
};

} // namespace nnc
