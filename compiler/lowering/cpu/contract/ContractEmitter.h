// The tile generator: emits a contraction according to its plan.
#pragma once

#include "compiler/lowering/cpu/contract/ContractSums.h"

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
  // Packed vectors
  /// Row tiles that use the same vectors.
  struct Panel {
    const TilePlace &place;
    mlir::Value firstTile, lastTile;
  };
  void emitPanel(const Panel &rows);
  void emitPanelProducts(const Panel &rows, mlir::Value vectorBase, mlir::Value scalarBase,
                         llvm::ArrayRef<SummedExtent> extents, bool accumulate);
  void emitPanelBlocks(const Panel &rows, llvm::MutableArrayRef<SummedExtent> extents);
  mlir::Value slotOf(const Panel &rows, mlir::Value number);
  // Packed scalars (ContractScalars.cpp)
  void emitScalarPanelUnits();
  void packScalars(mlir::Value firstTile, mlir::Value lastTile, mlir::Value tileElements);

  int64_t grain(int64_t unitsAtAssumedRows) const;

  ContractTiles tiles;
  ContractSums sums;
  KernelEmitter &emitter;
  mlir::OpBuilder &b;
  const mlir::Location loc;
  nn::ContractionOp root;
  const ContractShape &shape;
  ContractPlan &plan;
  VectorMemory &memory;
  llvm::ArrayRef<unsigned> summed;
  mlir::Value slot, scratch, panel;
};

/// The number of tiles over `dims` at the batch size for which costs are estimated.
int64_t tilesAtExpectedRows(const ContractShape &shape, const ContractPlan &plan,
                            llvm::ArrayRef<unsigned> dims);

} // namespace nnc
