// LayOut: stores persistent matrices in blocks of columns.
//
// In:  functions of nn ops, simplified, without gradient requests.
// Out: the same functions, in which the matrices that contractions multiply with are kept in blocks
//      of columns (compiler/dialect/Blocks.h) for the whole run, with the optimizer's state for
//      them. Contractions read and write blocks, and updates are computed on blocks. Any other op
//      reads the matrix through its blocks. `nn.blocks` on the module lists these tensors (name ->
//      columns of a block) for the runtime, whose files hold matrices row by row.
//
// Why: in a row-major matrix whose rows are a power of two apart, a column occupies only a few sets
// of every cache. With blocks as wide as a register tile, memory is read in order and no packing is
// needed. No result changes: sums keep their order. Some matrices stay row-major: those that are
// read by other ops than contractions, elementwise ops and sums over all elements (the rows of an
// embedding), those with fewer than 16 rows, and those whose width is one block or not a multiple
// of a block.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir {
class ModuleOp;
}

namespace nnc {

struct LayOutOptions {
  /// Bytes in a row of a block: the width of the widest register tile. 0 leaves everything
  /// row-major.
  int64_t blockBytes = 0;
};

void layOut(mlir::ModuleOp module, const LayOutOptions &options);

/// layOut() as a pass: `nn-lay-out`.
std::unique_ptr<mlir::Pass> createLayOutPass(const LayOutOptions &options = {});

} // namespace nnc
