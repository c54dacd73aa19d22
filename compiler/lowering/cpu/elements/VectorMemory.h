// Emits addresses, vectors and broadcasts through plain pointers, with offsets known at compile
// time, for the tile generator. These are LLVM ops: a register tile has hundreds of them, and they
// need no further lowering.
#pragma once

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/IR/Builders.h"

namespace nnc {

/// Emits memory accesses to elements of one type at the insertion point of `b`.
class VectorMemory {
public:
  VectorMemory(mlir::OpBuilder &b, mlir::Location loc, mlir::Type element, int64_t lanes)
      : b(b), loc(loc), element(element), vector(mlir::VectorType::get({lanes}, element)) {}

  mlir::VectorType type() const { return vector; }
  /// The address base + offset elements.
  mlir::Value at(mlir::Value base, int64_t offset);
  /// The address base + index * stride elements; `index` has type index.
  mlir::Value at(mlir::Value base, mlir::Value index, int64_t stride);
  /// The address base + index elements, which may be outside the tensor; for prefetch() only.
  mlir::Value outside(mlir::Value base, mlir::Value index);
  /// Prefetches the line at an address, which may be any, to the first-level cache.
  void prefetch(mlir::Value address);
  /// A vector of consecutive elements. Lanes where `mask` (which may be null) is false are 0 and
  /// read no memory.
  mlir::Value load(mlir::Value address, mlir::Value mask = {});
  void store(mlir::Value address, mlir::Value value);
  /// One element in all lanes.
  mlir::Value broadcast(mlir::Value address);
  /// Two neighbouring elements in all pairs of lanes.
  mlir::Value broadcastPair(mlir::Value address);
  /// x0 x0 x1 x1 … of the lower half of a vector.
  mlir::Value twice(mlir::Value x);
  /// x0 y0 x1 y1 … of the lower halves of two vectors.
  mlir::Value interleave(mlir::Value x, mlir::Value y);
  /// The even (0) or odd (1) lanes of a vector in the lower half. The upper half holds them again.
  mlir::Value everyOther(mlir::Value x, int64_t first);
  mlir::Value multiplyAdd(mlir::Value x, mlir::Value y, mlir::Value sum);
  mlir::Value zero();

private:
  unsigned alignment() const { return element.getIntOrFloatBitWidth() / 8; }
  mlir::OpBuilder &b;
  mlir::Location loc;
  mlir::Type element;
  mlir::VectorType vector;
};

} // namespace nnc
