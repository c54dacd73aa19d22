// How much memory is available, and checks before large allocations.
#pragma once

#include "runtime/support/status.h"

#include <cstddef>
#include <cstdint>

namespace nnrt {

struct MemoryBound {
  uint64_t bytes = UINT64_MAX; // still available; UINT64_MAX: not known
  const char *by = "";         // what sets the bound, as a message ends: " available"
};

/// The smallest of three bounds: the machine's available memory, what RLIMIT_AS leaves, and what
/// the control groups leave (versions 1 and 2, the group itself and all above it).
MemoryBound availableMemory();

/// Records that a large block of memory has been allocated (or, below 0, freed): its pages count as
/// used before they are touched.
void countMemory(int64_t change);

/// Fails if the stack may not grow to `least` bytes (RLIMIT_STACK); threads have stacks of that
/// size too. `who`: "a trainer".
Status checkStack(const char *who, uint64_t least);

/// Fails if the machine cannot provide `size` more bytes; `purpose` completes "… for": "the batch
/// of 64 rows". The system itself promises memory that it does not have, and kills the process when
/// the memory is touched.
Status checkMemory(size_t size, const std::string &purpose);

} // namespace nnrt
