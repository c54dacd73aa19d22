// The loop nests. Each emits the whole body of one kernel at the emitter's builder.
#pragma once

#include "compiler/lowering/cpu/KernelEmitter.h"

namespace nnc {

/// Kind pointwise: vectors over the results' index space.
void emitPointwise(KernelEmitter &emitter);
/// Kind reduction. The order in which elements are combined depends on the shapes and the target
/// alone.
void emitReduction(KernelEmitter &emitter);
/// Kind contraction: by the tile generator, or as plain loops.
void emitContraction(KernelEmitter &emitter);
void emitPlainContraction(KernelEmitter &emitter);

} // namespace nnc
