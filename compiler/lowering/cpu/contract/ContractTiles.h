// The register tiles of a contraction: where each of them begins, and where its elements are.
#pragma once

#include "compiler/lowering/cpu/contract/ContractEpilogue.h"
#include "compiler/lowering/cpu/contract/ContractPack.h"
#include "compiler/lowering/cpu/contract/ContractTile.h"

namespace nnc {

class ContractTiles {
public:
  ContractTiles(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                const ContractPlan &plan);

  KernelEmitter &emitter;
  mlir::OpBuilder &b;
  const mlir::Location loc;
  nn::ContractionOp root;
  const ContractShape &shape;
  ContractPlan plan;
  const mlir::Type element;
  VectorMemory memory;
  llvm::SmallVector<unsigned> groups, columns, rows, summed; // columns: without the lanes' dim

  // Tiles along a dim and where they begin.
  mlir::Value along(unsigned d);
  mlir::Value count(llvm::ArrayRef<unsigned> dims);
  void place(TilePlace &tile, unsigned d, mlir::Value number);
  /// `number` counts tiles over `dims`; the last dim varies fastest.
  void placeAll(TilePlace &tile, llvm::ArrayRef<unsigned> dims, mlir::Value number);
  bool isExact(unsigned d) const;

  // The memory of one tile.
  mlir::Value base(unsigned operand);
  mlir::Value address(unsigned operand, const TilePlace &tile, llvm::ArrayRef<unsigned> dims,
                      mlir::Value from);
  /// The columns at `place`, which varies along `dims`. Does not include the summed dims.
  PanelSource sourceAt(const TilePlace &place, llvm::ArrayRef<unsigned> dims, mlir::Value from);
  llvm::SmallVector<mlir::Value> masksOf(const TilePlace &tile);
  llvm::SmallVector<int64_t> rowOffsets();
  llvm::SmallVector<std::pair<int64_t, int64_t>> rangesOfRows();
  llvm::SmallVector<SummedExtent> withoutPadding(const TilePlace &tile,
                                                 llvm::ArrayRef<SummedExtent> extents);
  llvm::SmallVector<int64_t> pairsOfRows(int64_t &rowsApart);
  llvm::SmallVector<int64_t> columnOffsets(bool alongLanes);

  /// Emits a loop, and its body with `body`.
  void loop(mlir::Value from, mlir::Value to, int64_t by,
            llvm::function_ref<void(mlir::Value)> body);

private:
  llvm::SmallVector<int64_t> offsetsOfRows(llvm::function_ref<int64_t(unsigned)> stride);
};

} // namespace nnc
