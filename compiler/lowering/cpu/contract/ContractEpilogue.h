// What happens to a register tile's sums: the kernel's remaining ops, and the stores.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/contract/ContractPlan.h"

namespace nnc {

/// Where a register tile lies in the result.
struct TilePlace {
  explicit TilePlace(const ContractShape &shape)
      : start(shape.dims.size()), first(shape.dims.size()) {}

  llvm::SmallVector<mlir::Value>
      start; // for each dim of the shape: the index of the tile's first element
  llvm::SmallVector<mlir::Value>
      first; // the first index, from `start` on, that is not another tile's; null: 0
};

/// The extent of a dim of the shape, of type index.
mlir::Value extentOf(KernelEmitter &emitter, const ContractDim &dim);

/// Elements of the memory in which a tile's sums lie: row by row, column by column, each a vector.
int64_t slotElements(const ContractShape &shape, const ContractPlan &plan);

/// Emits the epilogue of the tile at `place`, whose sums lie at address `slot`. `scratch`: memory
/// for epilogueScratch() elements.
void emitEpilogue(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                  const ContractPlan &plan, const TilePlace &place, mlir::Value slot,
                  mlir::Value scratch);
int64_t epilogueScratch(const ContractShape &shape, const ContractPlan &plan);

} // namespace nnc
