// Moving what a loop computes out of it, where one op for all runs does it at once.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc {

/// Moves to before the loop: what is the same in every run, and contractions and reductions that
/// depend on elements of sequences, with what they need. Their results for all runs become a
/// sequence. Returns whether anything moved.
bool moveBefore(nn::LoopOp loop);

/// Moves to after the loop: contractions and reductions that only reach stacked results, with all
/// that follows them, and sums of such over the runs, which a state collects. What they read is
/// stacked instead. Returns whether anything moved.
bool moveAfter(nn::LoopOp loop);

} // namespace nnc
