// The tile generator: emits a contraction according to its plan.
#pragma once

#include "compiler/lowering/cpu/LongSums.h"
#include "compiler/lowering/cpu/contract/ContractEpilogue.h"
#include "compiler/lowering/cpu/contract/ContractPack.h"
#include "compiler/lowering/cpu/contract/ContractTile.h"

namespace nnc {

class ContractEmitter {
public:
  ContractEmitter(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                  const ContractPlan &plan);

  /// Emits the whole kernel.
  void run();

private:
  void emitUnits();
  void emitPlainUnits();
  void emitPackedUnits();
  void emitScalarPanelUnits();
  void packScalars(mlir::Value firstTile, mlir::Value lastTile, mlir::Value tileElements);
  void emitPanel(const TilePlace &panel, mlir::Value firstTile, mlir::Value lastTile);

  // Tiles along a dim and where they begin.
  mlir::Value tilesAlong(unsigned d);
  mlir::Value tilesOf(llvm::ArrayRef<unsigned> dims);
  void place(TilePlace &tile, unsigned d, mlir::Value number);
  void placeAll(TilePlace &tile, llvm::ArrayRef<unsigned> dims, mlir::Value number);
  bool isExact(unsigned d) const;

  // One tile.
  llvm::SmallVector<mlir::Value> masksOf(const TilePlace &tile);
  mlir::Value address(unsigned operand, const TilePlace &tile, llvm::ArrayRef<unsigned> dims,
                      mlir::Value base);
  PanelSource sourceAt(const TilePlace &place, llvm::ArrayRef<unsigned> dims, mlir::Value from);
  llvm::SmallVector<int64_t> offsetsOfRows(llvm::function_ref<int64_t(unsigned)> stride);
  llvm::SmallVector<int64_t> rowOffsets();
  llvm::SmallVector<std::pair<int64_t, int64_t>> rangesOfRows();
  llvm::SmallVector<SummedExtent> withoutPadding(const TilePlace &tile,
                                                 llvm::ArrayRef<SummedExtent> extents);
  llvm::SmallVector<int64_t> pairsOfRows(int64_t &rowsApart);
  llvm::SmallVector<int64_t> columnOffsets(bool alongLanes);
  // Long sums (ContractBlocks.cpp).
  void cutLongSums();
  void sumTile(mlir::Value here, const TileOperand &scalars, const TileOperand &vectors,
               llvm::ArrayRef<mlir::Value> masks, llvm::ArrayRef<SummedExtent> extents,
               const TilePlace &tile);
  void addBlocks(mlir::Value here, const TileOperand &scalars, const TileOperand &vectors,
                 llvm::ArrayRef<mlir::Value> masks, llvm::ArrayRef<SummedExtent> extents,
                 unsigned level);
  void addBlock(mlir::Value here, llvm::ArrayRef<mlir::Value> sums);
  mlir::Value lostOf(mlir::Value here);
  mlir::Value isSingleBlock();
  void loadSums(mlir::Value slot, llvm::SmallVectorImpl<mlir::Value> &sums);
  void storeSums(mlir::Value slot, llvm::ArrayRef<mlir::Value> sums);

  mlir::Value base(unsigned operand);
  void loop(mlir::Value from, mlir::Value to, int64_t by,
            llvm::function_ref<void(mlir::Value)> body);
  int64_t grain(int64_t unitsAtAssumedRows) const;

  KernelEmitter &emitter;
  mlir::OpBuilder &b;
  mlir::Location loc;
  nn::ContractionOp root;
  const ContractShape &shape;
  ContractPlan plan;
  mlir::Type element;
  VectorMemory memory;
  llvm::SmallVector<unsigned> groups, columns, rows, summed; // columns: without the lanes' dim
  mlir::Value slot, scratch, panel;
  std::optional<SumBlocks> blocks; // of the summed dims, if the sum may be long
  int64_t slotBytes = 0; // bytes of a long sum's slots, which are followed by as many for the
                         // rounding errors
};

/// The number of tiles over `dims` at the batch size for which costs are estimated.
int64_t tilesAtExpectedRows(const ContractShape &shape, const ContractPlan &plan,
                            llvm::ArrayRef<unsigned> dims);

} // namespace nnc
