// Packing: the vectors that several register tiles share, copied to a panel in the order of their
// use.
#pragma once

#include "compiler/lowering/cpu/contract/ContractTile.h"

namespace nnc {

/// What a panel holds: for each index of the summed dims (row-major), for each column of the tile,
/// one vector.
struct PanelSource {
  mlir::Type element;
  int64_t lanes = 1;
  mlir::Value base; // the address of the first column's lane 0 at summed indices 0
  llvm::SmallVector<SummedExtent>
      extents; // the summed dims in the panel; all but the outermost are known
  llvm::SmallVector<int64_t> strides; // the operand's stride along each of them
  llvm::SmallVector<int64_t> offsets; // of the columns, leaving out those along the lanes' dim
  int64_t vectors = 1;                // columns along the lanes' dim for each of `offsets`
  int64_t laneStride = 1;             // the operand's stride from lane to lane
  bool twice = false;    // each element fills two lanes; only half of the lanes exist at most
  mlir::Value lanesLeft; // lanes that exist from lane 0 on; null if all of the tile do
};

/// Elements that emitPack may write for a panel of `steps` summed indices and `columns` vectors
/// each.
int64_t panelElements(int64_t steps, int64_t columns, int64_t lanes);

/// Fills `panel`. Lanes that do not exist hold arbitrary numbers of the operand, or 0.
void emitPack(KernelEmitter &emitter, const PanelSource &source, mlir::Value panel);

} // namespace nnc
