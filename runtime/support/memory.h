// How much memory there is to be had.
#pragma once

#include "runtime/support/status.h"

#include <cstddef>
#include <cstdint>

namespace nnrt {

struct MemoryBound {
  uint64_t bytes = UINT64_MAX; // that can still be had; UINT64_MAX: nobody knows
  const char *by = "";         // what sets the bound, as a message ends: " available"
};

/// The smallest of what the machine has available, what RLIMIT_AS leaves and what the control
/// groups leave (versions 1 and 2, the group itself and all above it).
MemoryBound availableMemory();

/// Tells that a large block of memory has been given (or, below 0, given back): its pages count as
/// used before they are touched.
void countMemory(int64_t change);

/// Fails where the stack may not grow to `least` bytes (RLIMIT_STACK); threads have stacks of that
/// size, too. `who`: "a trainer".
Status checkStack(const char *who, uint64_t least);

/// Fails when the machine cannot give `size` bytes more; `purpose` completes "… for": "the batch of
/// 64 rows". The system itself promises memory that it does not have, and kills the process when it
/// is touched.
Status checkMemory(size_t size, const std::string &purpose);

} // namespace nnrt
