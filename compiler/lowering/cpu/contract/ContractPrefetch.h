// What a register tile's epilogue will read and write, asked of the memory while its products are
// computed.
#pragma once

#include "compiler/lowering/cpu/contract/ContractEpilogue.h"

namespace nnc {

/// Emits prefetches of the lines at the tile's place in every tensor of the result's shape that the
/// kernel's epilogue reads or writes (weights and optimizer state in an update's, activations in a
/// gradient's). Emits nothing where these tensors are small, or a tile has few products for each
/// line.
void emitPrefetch(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                  const ContractPlan &plan, const TilePlace &place);

} // namespace nnc
