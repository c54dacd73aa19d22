// LoopStates: copies that make one memory enough for each state of a loop.
//
// A state has one memory: its start is computed there before the loop, each run reads it there and
// leaves the next state there, and after the loop it is the result. Two things stand against it,
// and a copy is the cure for both:
//   - The start is needed elsewhere, or in another role, or is an argument: the loop starts with a
//     copy.
//   - The next state may not be written over the state, because the run still reads that: it is
//     computed elsewhere, and copied at the end of the run. All reads come before the copies, so
//     states may change places.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc {

/// Inserts the copies for the loops of a scheduled block, and for those in them.
void copyStates(mlir::Block &block);

/// The states of a loop, in the order of its results.
llvm::SmallVector<mlir::BlockArgument> statesOf(nn::LoopOp loop);

/// The operand in whose memory the loop keeps the state that is `result` in the end; null if the
/// result is no state.
mlir::OpOperand *startOf(mlir::OpResult result);

} // namespace nnc
