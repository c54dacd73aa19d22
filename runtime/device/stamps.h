// Stamps: where the time of a profiled function went, in ticks of the processor's counter. Each
// thread writes to its own cache lines.
#pragma once

#include "runtime/schema/program.h"

#include <cstdint>
#include <vector>

namespace nnrt {

/// The events of a function beyond those of its code: see nn_call.stamp.
enum Special { Copy, WaitAfterCopy, n_special };

/// The counters of one function on a given number of threads.
struct Stamps {
  Stamps(const ProfiledT *function, int32_t kernels, int threads)
      : function(function), kernels(kernels), threads(threads),
        stride((2 * kernels + n_special + 1 + 7) / 8 * 8), memory(size_t(stride) * threads + 8) {
    rows = memory.data() + (64 - reinterpret_cast<uintptr_t>(memory.data()) % 64) % 64 / 8;
  }
  /// A thread's counters: the last stamp, then the time of each event.
  uint64_t *of(int thread) const { return rows + size_t(stride) * thread; }
  /// Ticks of an event on all threads.
  double sum(int32_t event) const {
    double total = 0;
    for (int t = 0; t < threads; ++t)
      total += double(of(t)[1 + event]);
    return total;
  }

  const ProfiledT *function;
  int32_t kernels;
  int threads, stride;
  std::vector<uint64_t> memory;
  uint64_t *rows;
  int64_t calls = 0, steps = 0, examples = 0;
  double callSeconds = 0, stepSeconds = 0;
};

} // namespace nnrt
