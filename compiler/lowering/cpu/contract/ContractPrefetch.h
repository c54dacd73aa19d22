// Prefetches the memory that the epilogue of a register tile will access while its products are
// computed.
#pragma once

#include "compiler/lowering/cpu/contract/ContractEpilogue.h"

namespace nnc {

/// Emits prefetches at the tile's place in every tensor of the result's shape that the epilogue
/// reads or writes (in an update: weights and optimizer state; in a gradient: activations). Emits
/// nothing if these tensors are small, or if a tile has few products for each line.
void emitPrefetch(KernelEmitter &emitter, nn::ContractionOp root, const ContractShape &shape,
                  const ContractPlan &plan, const TilePlace &place);

} // namespace nnc
