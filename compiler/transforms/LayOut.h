// LayOut: the order in memory of persistent matrices.
//
// In:  functions of nn ops, simplified, without gradient requests.
// Out: the same functions, in which every matrix that contractions multiply with is kept in blocks
// of columns
//      (compiler/dialect/Blocks.h) for the whole run, with the optimizer's state for it.
//      Contractions read and write blocks; the update is computed on blocks; what else looks at
//      such a matrix reads it through the blocks. On the module `nn.blocks` says which tensors
//      (name -> columns of a block), for the runtime, whose files hold matrices row by row.
//
// Why: a row-major matrix whose rows are a power of two apart has its columns in a few sets of
// every cache; and a register tile that is as wide as a block walks memory in order, so that
// nothing need be packed first. No number changes: sums keep their order. Left alone are matrices
// that something but contractions, elementwise ops and sums over everything looks at (an
// embedding's rows), and those that are no wider than one block.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir {
class ModuleOp;
}

namespace nnc {

struct LayOutOptions {
  /// Bytes of a row of a block: the width of the widest register tile. 0 leaves everything
  /// row-major.
  int64_t blockBytes = 0;
};

void layOut(mlir::ModuleOp module, const LayOutOptions &options);

/// layOut() as a pass: `nn-lay-out`.
std::unique_ptr<mlir::Pass> createLayOutPass(const LayOutOptions &options = {});

} // namespace nnc
