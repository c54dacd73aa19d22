// The generators of the loop nests. Each emits the whole body of one kernel at the emitter's
// builder.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"

namespace nnc {

/// Kind pointwise: vectors over the index space of the results.
void emitPointwise(KernelEmitter &emitter);
/// Kind reduction. The order in which elements are combined depends only on the shapes and the
/// target.
void emitReduction(KernelEmitter &emitter);
/// Kind contraction: the tile generator or plain loops.
void emitContraction(KernelEmitter &emitter);
void emitPlainContraction(KernelEmitter &emitter);

} // namespace nnc
