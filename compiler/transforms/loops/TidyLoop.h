// Tidying a loop: what it need not keep from run to run, read, or compute.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc {

/// Builds the loop again without results that nobody uses and states that reach no used result;
/// operands that are given twice become one; a state that no run changes becomes an invariant; what
/// is constant or repeated is made in the block; a stack of what was given, or of one value, is no
/// result. A loop of one run becomes its block. Returns whether anything changed.
bool tidyLoop(nn::LoopOp loop);

} // namespace nnc
