// Loads and stores of vectors and scalars through plain pointers.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"

namespace nnc {

/// A tensor in memory, row-major.
struct Buffer {
  mlir::Value base;            // !llvm.ptr to element 0, with the alignment of one element
  mlir::RankedTensorType type; // the shape; dim 0 may be `?`, the number of rows
  int64_t pitch = 0;           // the distance of its rows, in elements; 0: the size of a row
};

/// The row-major strides of `shape` in elements (dim 0 may be dynamic: no stride depends on it).
llvm::SmallVector<int64_t> rowMajorStrides(llvm::ArrayRef<int64_t> shape);

/// The strides of a tensor of `shape` whose rows are `pitch` elements apart.
llvm::SmallVector<int64_t> stridesOf(llvm::ArrayRef<int64_t> shape, int64_t pitch);

/// The address of element `offset` (an `index`), as !llvm.ptr.
mlir::Value elementAddress(mlir::OpBuilder &b, mlir::Location loc, const Buffer &buffer,
                           mlir::Value offset);

/// The elements base[offset + stride * lane] for each lane; a scalar if lanes == 1. `offset` is an
/// `index`, in elements. `mask` is null or vector<lanes x i1> (i1 for a scalar). Where it is false
/// the lane is 0 and no memory is read.
mlir::Value loadElements(mlir::OpBuilder &b, mlir::Location loc, const Buffer &buffer,
                         mlir::Value offset, int64_t lanes, int64_t stride = 1,
                         mlir::Value mask = {});

/// The elements base[offset + pattern[lane]], for two or more lanes. No memory outside the span of
/// the pattern is read.
mlir::Value loadPattern(mlir::OpBuilder &b, mlir::Location loc, const Buffer &buffer,
                        mlir::Value offset, llvm::ArrayRef<int64_t> pattern, mlir::Value mask = {});

/// The elements base[offsets[lane]]. `offsets` is vector<lanes x index>, or `index` for a scalar.
mlir::Value gatherElements(mlir::OpBuilder &b, mlir::Location loc, const Buffer &buffer,
                           mlir::Value offsets, mlir::Value mask = {});

/// base[offset + stride * lane] = lane of `value` (or the scalar), where `mask` is null or true.
void storeElements(mlir::OpBuilder &b, mlir::Location loc, const Buffer &buffer, mlir::Value offset,
                   mlir::Value value, int64_t stride = 1, mlir::Value mask = {});

} // namespace nnc
