// Finds numbers that are not finite, fast enough to check every tensor.
#pragma once

#include "runtime/support/elements.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

template <class T> int64_t firstNonFiniteOf(const T *values, int64_t count) {
  // x - x is 0 for every finite x: one sum tests a few numbers, or a whole block.
  if (count <= 16) {
    T sum = 0;
    for (int64_t i = 0; i < count; ++i)
      sum += values[i] - values[i];
    if (sum == 0)
      return -1;
  }
  const int64_t block = 4096;
  for (int64_t first = 0; first < count; first += block) {
    int64_t end = std::min(count, first + block);
    T sums[8] = {};
    int64_t i = first;
    for (; i + 8 <= end; i += 8)
      for (int k = 0; k < 8; ++k)
        sums[k] += values[i + k] - values[i + k];
    for (; i < end; ++i)
      sums[0] += values[i] - values[i];
    T sum = 0;
    for (T part : sums)
      sum += part;
    if (sum == 0)
      continue;
    for (i = first; i < end; ++i)
      if (!std::isfinite(values[i]))
        return i;
  }
  return -1;
}

/// The index of the first number that is NaN or infinite, or -1.
inline int64_t firstNonFinite(Elements values, int64_t count) {
  return values.f64 ? firstNonFiniteOf(static_cast<const double *>(values.data), count)
                    : firstNonFiniteOf(static_cast<const float *>(values.data), count);
}

} // namespace nnrt
