// Processes the sums of a register tile: the remaining ops of the kernel, and the stores.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"
#include "compiler/lowering/cpu/contract/ContractPlan.h"

namespace nnc {

/// The place of a register tile in the result.
struct TilePlace {
  explicit TilePlace(const ContractShape &shape)
      : start(shape.dims.size()), first(shape.dims.size()) {}

  llvm::SmallVector<mlir::Value>
      start; // for each dim of the shape, the index of the tile's first element
  llvm::SmallVector<mlir::Value>
      first; // the first index, at or after `start`, that no other tile stores; null: 0
};

/// The extent of a dim of the shape, of type index.
mlir::Value extentOf(KernelEmitter &emitter, const ContractDim &dim);

/// The number of elements in the slot of a tile's sums: row by row and column by column, one vector
/// each.
int64_t slotElements(const ContractShape &shape, const ContractPlan &plan);

/// Emits the epilogue of the tile at `place`, whose sums are at address `slot`. `scratch` is memory
/// for epilogueScratch() elements.
void emitEpilogue(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                  const ContractPlan &plan, const TilePlace &place, mlir::Value slot,
                  mlir::Value scratch);
int64_t epilogueScratch(const ContractShape &shape, const ContractPlan &plan);

} // namespace nnc
