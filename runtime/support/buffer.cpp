// Buffers are mapped directly from the system: fresh pages are zero, and huge pages make first
// touches cheap.
#include "runtime/support/buffer.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace nnrt {

Status Buffer::allocate(size_t size, const std::string &purpose) {
  release();
  const size_t huge = size_t(2) << 20, page = 4096;
  size_t rounded = (size + page - 1) & ~(page - 1);
  if (rounded < size || size > (size_t(1) << 60))
    return Status::error(format("out of memory: %s for ", bytes(size).c_str()) + purpose);
  if (size == 0)
    return Status();
  NN_TRY(checkMemory(rounded, purpose));
  if (rounded < huge) {
    void *block = aligned_alloc(64, rounded);
    if (!block)
      return Status::error(format("out of memory: %s for ", bytes(size).c_str()) + purpose);
    memset(block, 0, rounded);
    start = static_cast<unsigned char *>(block);
    length = size;
    return Status();
  }
  void *block = mmap(nullptr, rounded, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (block == MAP_FAILED)
    return Status::error(format("out of memory: %s for ", bytes(size).c_str()) + purpose);
#ifdef MADV_HUGEPAGE
  madvise(block, rounded, MADV_HUGEPAGE);
#endif
  start = static_cast<unsigned char *>(block);
  length = size;
  mapped = rounded;
  countMemory(int64_t(mapped));
  return Status();
}

void Buffer::release() {
  if (source) {
    unmap();
  } else if (mapped) {
    munmap(start, mapped);
    countMemory(-int64_t(mapped));
  } else {
    free(start);
  }
  start = nullptr;
  length = mapped = 0;
}

} // namespace nnrt
