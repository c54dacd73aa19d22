// Hoist: loops that do in each run only what needs the states, and no loop twice.
//
// In:  functions without gradient requests, simplified.
// Out: the same functions. Loops that compute the same states are one (MergeLoops), a loop has no
//      operand, state or result that it does not need (TidyLoop), and contractions and reductions
//      that need no state are computed for all runs at once (MoveOut): before the loop, what
//      depends on elements of sequences; after it, what reaches only stacked results, and sums over
//      the runs, such as the gradient of a weight.
//
// Sums over runs have another order than in the loop, which shapes alone determine. A loop that
// saves memory (LoopOp::savesMemory) keeps in its block whatever differs from run to run.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace nnc {

/// Returns whether anything changed.
bool hoistLoops(mlir::func::FuncOp function);

/// hoistLoops() for every function of a module, with Simplify after each change, until nothing
/// changes: the pass `nn-hoist-loops`.
std::unique_ptr<mlir::Pass> createHoistPass();

} // namespace nnc
