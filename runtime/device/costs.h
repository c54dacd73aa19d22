// What the runtime assumes of a machine: what threads cost, and caches whose sizes the system does
// not tell. The numbers by which code is generated, with their sources, are in
// compiler/machine/MachineModel.h.
#pragma once

#include "runtime/ask.h"

namespace nnrt {

/// A call that one thread makes in less time is never shared. MachineModel::cyclesWorthSharing()
/// is half of it, for one operation: a call also has to wake the threads.
constexpr double leastSharedSeconds = 10e-6;

/// Gathering fewer bytes is left to one thread: at the 16 GB/s of memory (measured,
/// MachineModel::l3LoadSlots) it takes 1 µs, as long as two barriers.
constexpr int64_t leastSharedBytes = 16 << 10;

/// The caches of a core, nn_level by nn_level. The first two are MachineModel::l1Bytes and l2Bytes,
/// whose comments say of which processors (test/unit/machine compares them). The third is assumed.
constexpr double usualCacheBytes[] = {32 << 10, 1 << 20, 16 << 20};
static_assert(NN_L1 == 0 && NN_L2 == 1 && NN_L3 == 2);

} // namespace nnrt
