// A block of memory for tensors: aligned to 64 bytes, zeroed, and a clear message instead of a crash when it is too big.
#pragma once

#include "runtime/status.h"

#include <cstddef>

namespace nnrt {

/// Fails when the machine cannot give `size` bytes more; `purpose` as below. The system itself promises memory that it
/// does not have, and kills the process when it is touched.
Status checkMemory(size_t size, const std::string &purpose);

class Buffer {
public:
  Buffer() = default;
  Buffer(Buffer &&other) noexcept { swap(other); }
  Buffer &operator=(Buffer &&other) noexcept {
    swap(other);
    return *this;
  }
  Buffer(const Buffer &) = delete;
  Buffer &operator=(const Buffer &) = delete;
  ~Buffer() { release(); }

  /// Replaces the block by a zeroed one of `size` bytes. `purpose` completes "… for": "the batch of 64 rows".
  Status allocate(size_t size, const std::string &purpose);
  /// Replaces the block by the contents of a file, read only: pages come when they are first touched. False when the system
  /// cannot do that.
  bool map(int file, size_t size);
  void release();

  unsigned char *data() const { return start; }
  size_t size() const { return length; }
  template <class T> T *as() const { return reinterpret_cast<T *>(start); }

private:
  void swap(Buffer &other) {
    std::swap(start, other.start);
    std::swap(length, other.length);
    std::swap(mapped, other.mapped);
  }
  unsigned char *start = nullptr;
  size_t length = 0, mapped = 0;
};

} // namespace nnrt
