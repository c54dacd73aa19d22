// ElementScope: evaluates a kernel's nn ops at one point of its index space, one vector of elements
// at a time.
//
// A scope stands for one point: a tuple of indices and the place in the code where its elements are
// emitted. Within it each (value, index) is emitted once. Values that do not vary over the lanes
// are computed as scalars and splatted; those of rank 0 that depend on no root are computed in the
// kernel's prologue.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"

namespace nnc {

class ElementScope final : public nn::ElementBuilder {
public:
  /// Lanes where `mask` (may be null) is false are past the end: nothing is loaded for them, and
  /// what is computed for them does not matter. `b` is where the code goes.
  ElementScope(KernelEmitter &emitter, mlir::OpBuilder &b, int64_t lanes, mlir::Value mask = {});

  /// Region value `value` has `element` at `index`; it is never computed here at any other index.
  void bind(mlir::Value value, llvm::ArrayRef<nn::Index> index, mlir::Value element);
  /// `index` in a row-major tensor of shape `shape` is element number `linear`, and exists (in the
  /// lanes of the mask).
  void setLinear(llvm::ArrayRef<nn::Index> index, llvm::ArrayRef<int64_t> shape, nn::Index linear);

  /// From now on every load from a batched tensor also asks the memory for the same element of the
  /// next example.
  void askForNextExample() { asksAhead = true; }

  /// Region value `value` at `index`: a scalar if lanes() == 1, else a vector.
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
  mlir::Value tail;  // lanes that exist
  mlir::Value asked; // lanes that the ops being evaluated want; null: all
  mlir::Operation *current = nullptr;
  bool currentIsLinear =
      false; // it has the same elements as its operand, and is asked for at a linear point
  llvm::DenseMap<mlir::Value, llvm::SmallVector<Entry, 1>> memo;
  bool isLinear(const Key &index, llvm::ArrayRef<int64_t> shape) const;
  /// The point in the kernel's space, then the same element in the shapes that ops of the same
  /// elements give it.
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

/// The row-major strides of `shape`, in elements (dim 0 may be dynamic: no stride depends on it).
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

} // namespace nnc
