// Fisher-Yates shuffles from counter-based numbers: the order is a function of the seed, the stream
// and two numbers of the caller.
#pragma once

#include "runtime/support/philox.h"

#include <cstdint>
#include <utility>
#include <vector>

namespace nnrt {

/// Shuffles `items` in place; `a` and `b` (for instance the train statement and the epoch) identify
/// the shuffle.
inline void shuffle(std::vector<int64_t> &items, uint64_t seed, Stream stream, uint32_t a,
                    uint32_t b) {
  Philox block{};
  for (uint64_t i = items.size(); i-- > 1;) {
    // One block serves four consecutive positions.
    if ((i & 3) == 3 || i + 1 == items.size())
      block = randomWords(seed, stream, i >> 2, a, b);
    std::swap(items[i], items[below(block.word[i & 3], uint32_t(i + 1))]);
  }
}

} // namespace nnrt
