// An index space cut into vectors: a run of consecutive dimensions, taken as one, carries the
// lanes; the others are walked one by one.
#pragma once

#include "compiler/lowering/cpu/elements/ElementScope.h"

namespace nnc {

/// Dimensions first..last (inclusive) of a shape, taken row-major as one index that the lanes run
/// along.
struct LaneDims {
  unsigned first, last;
};

/// The number of elements of `type` in the dims, or nullopt if the batch is one of them.
std::optional<int64_t> staticExtent(mlir::RankedTensorType type, LaneDims dims);
/// The same as an `index` value.
mlir::Value extentOf(KernelEmitter &emitter, mlir::RankedTensorType type, LaneDims dims);
/// Whether the extent is a multiple of `lanes` for every batch size.
bool isWhole(mlir::RankedTensorType type, LaneDims dims, int64_t lanes);

/// The vector of elements base + first, base + first + 1, …; `base` is a multiple of `divisor`.
nn::Index vectorAt(ElementScope &scope, mlir::Value base, int64_t first, int64_t divisor);

/// Puts the indices of dims first..last, where `along` is the index along them, into `index`.
void splitLanes(ElementScope &scope, mlir::RankedTensorType type, LaneDims dims, nn::Index along,
                llvm::MutableArrayRef<nn::Index> index);

/// Splits the row-major linear index `number` over the sizes of `dims` (ascending dims of `type`)
/// into uniform indices.
void splitUniform(ElementScope &scope, mlir::RankedTensorType type, llvm::ArrayRef<unsigned> dims,
                  mlir::Value number, llvm::MutableArrayRef<nn::Index> index);

} // namespace nnc
