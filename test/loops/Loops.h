// The test dialect: test.repeat, a loop with states and invariants. LoopOps.td describes it.
#pragma once

#include "compiler/dialect/NnDialect.h"

#include "test/loops/TestDialect.h.inc"
#define GET_OP_CLASSES
#include "test/loops/LoopOps.h.inc"

namespace nnc::test {

/// Teaches the reference interpreter the loops of this dialect.
void addLoopSemantics();

} // namespace nnc::test
