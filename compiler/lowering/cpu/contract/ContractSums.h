// The sums of a register tile, and the memory in which they are kept (its slot). Long sums are
// split into blocks (LongSums.h): the products of each block are summed in registers, and the sums
// of the blocks in the tile's slot, with their rounding errors beside them.
#pragma once

#include "compiler/lowering/cpu/LongSums.h"
#include "compiler/lowering/cpu/contract/ContractTiles.h"

namespace nnc {

class ContractSums {
public:
  /// Finds the blocks, and makes a packed panel hold whole blocks.
  explicit ContractSums(ContractTiles &tiles);

  /// The blocks of the summed dims, if the sum may be long.
  const std::optional<SumBlocks> &longBlocks() const { return blocks; }
  /// Takes memory on the stack for `slots` elements, and for their rounding errors if the sum may
  /// be long. Returns its address.
  mlir::Value makeSlots(int64_t slots);
  /// The address of the rounding errors for the slot at `here`.
  mlir::Value lostOf(mlir::Value here);

  /// Sums all products of a tile into the slot `here`. The strides of the operands are for all
  /// summed dims.
  void sumTile(mlir::Value here, const TileOperand &scalars, const TileOperand &vectors,
               llvm::ArrayRef<mlir::Value> masks, llvm::ArrayRef<SummedExtent> extents,
               const TilePlace &tile);
  /// Adds the products over `extents` to the slot `here`. `block` is the summed dim with which they
  /// begin.
  void addProducts(mlir::Value here, const TileOperand &scalars, const TileOperand &vectors,
                   llvm::ArrayRef<mlir::Value> masks, llvm::ArrayRef<SummedExtent> extents,
                   unsigned block);

private:
  void addBlocks(mlir::Value here, const TileOperand &scalars, const TileOperand &vectors,
                 llvm::ArrayRef<mlir::Value> masks, llvm::ArrayRef<SummedExtent> extents,
                 unsigned level);
  void addBlock(mlir::Value here, llvm::ArrayRef<mlir::Value> sums);
  mlir::Value isSingleBlock();
  void loadSums(mlir::Value from, llvm::SmallVectorImpl<mlir::Value> &sums);
  void storeSums(mlir::Value to, llvm::ArrayRef<mlir::Value> sums);

  ContractTiles &tiles;
  KernelEmitter &emitter;
  mlir::OpBuilder &b;
  const mlir::Location loc;
  const ContractShape &shape;
  ContractPlan &plan;
  VectorMemory &memory;
  std::optional<SumBlocks> blocks;
  int64_t slotBytes = 0; // bytes of a long sum's slots, which are followed by as many for the
                         // rounding errors
};

} // namespace nnc
