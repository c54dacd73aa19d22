// A block of memory for tensors: aligned to 64 bytes, zeroed, and a clear message instead of a
// crash when it is too big.
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

  /// Replaces the block by a zeroed one of `size` bytes. `purpose` completes "… for": "the batch of
  /// 64 rows".
  Status allocate(size_t size, const std::string &purpose);
  /// Replaces the block by the contents of a file, read only: pages come when they are first
  /// touched. False when the system cannot do that. Where the file is cut later, what is missing
  /// reads as zeros: see intact().
  bool map(int file, size_t size);
  void release();
  /// False once the file that map() was given has been cut or written to: then what has been read
  /// may be wrong.
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
