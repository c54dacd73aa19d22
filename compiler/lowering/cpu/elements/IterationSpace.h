// Divides an index space into vectors: a run of consecutive dimensions, treated as one, carries the
// lanes; the others are walked one by one.
#pragma once

#include "compiler/lowering/cpu/elements/ElementScope.h"

namespace nnc {

/// Dimensions first..last (inclusive) of a shape, treated row-major as one index along which the
/// lanes run.
struct LaneDims {
  unsigned first, last;
};

/// The number of elements of `type` in the dims, or nullopt if one of them is the batch.
std::optional<int64_t> staticExtent(mlir::RankedTensorType type, LaneDims dims);
/// The same as an `index` value.
mlir::Value extentOf(KernelEmitter &emitter, mlir::RankedTensorType type, LaneDims dims);
/// Whether the extent is a multiple of `lanes` for every batch size.
bool isWhole(mlir::RankedTensorType type, LaneDims dims, int64_t lanes);

/// The vector of indices base + first, base + first + 1, …; `base` is a multiple of `divisor`.
nn::Index vectorAt(ElementScope &scope, mlir::Value base, int64_t first, int64_t divisor);

/// Sets the indices of dims first..last in `index`, where `along` is the index along them.
void splitLanes(ElementScope &scope, mlir::RankedTensorType type, LaneDims dims, nn::Index along,
                llvm::MutableArrayRef<nn::Index> index);

/// Splits the row-major linear index `number` over the sizes of `dims` (ascending dims of `type`)
/// into uniform indices.
void splitUniform(ElementScope &scope, mlir::RankedTensorType type, llvm::ArrayRef<unsigned> dims,
                  mlir::Value number, llvm::MutableArrayRef<nn::Index> index);

} // namespace nnc
