// Packing: copies the vectors that several register tiles share to a panel, in the order of their
// use.
#pragma once

#include "compiler/lowering/cpu/contract/ContractTile.h"

namespace nnc {

/// The contents of a panel: for each index of the summed dims (row-major) and each column of the
/// tile, one vector.
struct PanelSource {
  mlir::Type element;
  int64_t lanes = 1;
  mlir::Value base; // the address of lane 0 of the first column at summed indices 0
  llvm::SmallVector<SummedExtent>
      extents; // the summed dims in the panel; all but the outermost are known
  llvm::SmallVector<int64_t> strides; // the stride of the operand along each of them
  llvm::SmallVector<int64_t> offsets; // of the columns, without those along the lanes' dim
  int64_t vectors = 1;                // columns along the lanes' dim for each of `offsets`
  int64_t laneStride = 1;             // the stride of the operand from lane to lane
  bool twice = false;    // each element fills two lanes; at most half of the lanes exist
  mlir::Value lanesLeft; // the number of lanes that exist, from lane 0; null if all of the tile do
};

/// The number of elements that emitPack may write for a panel of `steps` summed indices with
/// `columns` vectors each.
int64_t panelElements(int64_t steps, int64_t columns, int64_t lanes);

/// Fills `panel`. Lanes that do not exist hold arbitrary numbers of the operand, or 0.
void emitPack(KernelEmitter &emitter, const PanelSource &source, mlir::Value panel);

} // namespace nnc
