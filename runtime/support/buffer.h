// Buffer: a block of memory for tensors, aligned to 64 bytes and zeroed. A block that is too big
// gives a clear message instead of a crash.
#pragma once

#include "runtime/support/memory.h"
#include "runtime/support/status.h"

#include <cstddef>

namespace nnrt {

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

  /// Replaces the block with a zeroed one of `size` bytes. `purpose` completes "… for": "the batch
  /// of 64 rows".
  Status allocate(size_t size, const std::string &purpose);
  /// Replaces the block with the contents of a file, read-only: pages are loaded when they are
  /// first touched. False if the system cannot do that. If the file is truncated later, the missing
  /// part reads as zeros: see intact().
  bool map(int file, size_t size);
  void release();
  /// False once the file that map() was given has been truncated or written to: data read from it
  /// may be wrong then.
  bool intact() const;

  unsigned char *data() const { return start; }
  size_t size() const { return length; }
  template <class T> T *as() const { return reinterpret_cast<T *>(start); }

private:
  void unmap();
  void swap(Buffer &other) {
    std::swap(start, other.start);
    std::swap(length, other.length);
    std::swap(mapped, other.mapped);
    std::swap(source, other.source);
  }
  unsigned char *start = nullptr;
  size_t length = 0, mapped = 0;
  struct MappedFile *source = nullptr; // of map()
};

} // namespace nnrt
