// Buffers come straight from the system: fresh pages are zero, and huge pages make first touches cheap.
#include "runtime/buffer.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>

namespace nnrt {

/// Bytes that the machine can still give, or 0 when that is not known.
static uint64_t availableMemory() {
  uint64_t kib = 0;
  if (FILE *file = fopen("/proc/meminfo", "r")) {
    char line[128];
    while (fgets(line, sizeof line, file))
      if (sscanf(line, "MemAvailable: %llu", (unsigned long long *)&kib) == 1)
        break;
    fclose(file);
  }
  return kib * 1024;
}

Status checkMemory(size_t size, const std::string &purpose) {
  if (size <= (size_t(256) << 20)) // not worth asking
    return Status();
  uint64_t available = availableMemory();
  if (!available || size <= available)
    return Status();
  return Status::error(format("out of memory: %s needed for %s, %s available", bytes(size).c_str(), purpose.c_str(),
                              bytes(available).c_str()));
}

Status Buffer::allocate(size_t size, const std::string &purpose) {
  release();
  const size_t huge = size_t(2) << 20, page = 4096;
  size_t rounded = (size + page - 1) & ~(page - 1);
  if (rounded < size || size > (size_t(1) << 60))
    return Status::error(format("out of memory: %s for ", bytes(size).c_str()) + purpose);
  if (size == 0)
    return Status();
  NN_TRY(checkMemory(size, purpose));
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
  return Status();
}

bool Buffer::map(int file, size_t size) {
  release();
  void *block = size ? mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0) : MAP_FAILED;
  if (block == MAP_FAILED)
    return false;
  start = static_cast<unsigned char *>(block);
  length = mapped = size;
  return true;
}

void Buffer::release() {
  if (mapped)
    munmap(start, mapped);
  else
    free(start);
  start = nullptr;
  length = mapped = 0;
}

} // namespace nnrt
