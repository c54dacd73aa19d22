// Pool: allocates ranges of one memory and takes them back.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/Support/MathExtras.h"

#include <algorithm>
#include <cstdint>

namespace nnc {

class Pool {
public:
  /// Offsets and sizes are multiples of this: a cache line, which is also the widest vector.
  static constexpr int64_t alignment = 64;

  /// Allocates the lowest free range of `bytes` bytes.
  int64_t allocate(int64_t bytes) {
    bytes = llvm::alignTo(std::max<int64_t>(bytes, 1), alignment);
    int64_t offset = 0;
    auto at = taken.begin();
    for (; at != taken.end() && at->offset - offset < bytes; ++at)
      offset = at->offset + at->bytes;
    taken.insert(at, Stretch{offset, bytes});
    used = std::max(used, offset + bytes);
    return offset;
  }
  void release(int64_t offset) {
    llvm::erase_if(taken, [&](const Stretch &stretch) { return stretch.offset == offset; });
  }
  /// The size that the pool must have.
  int64_t size() const { return used; }

private:
  struct Stretch {
    int64_t offset, bytes;
  };
  llvm::SmallVector<Stretch> taken; // by offset
  int64_t used = 0;
};

} // namespace nnc
