// Arena: the memory of all persistent tensors of a program.
#pragma once

#include "runtime/schema/program.h"
#include "runtime/support/buffer.h"
#include "runtime/support/elements.h"

#include <vector>

namespace nnrt {

class Arena {
public:
  Arena(const ProgramT &program, bool f64) : program(program), f64(f64) {}

  Status allocate();
  unsigned char *data() const { return memory.data(); }
  size_t size() const { return memory.size(); }

  unsigned char *tensor(int32_t index) const {
    return memory.data() + program.tensors[index].offset;
  }
  /// The number of a tensor's elements.
  int64_t elements(int32_t index) const;
  int64_t bytes(int32_t index) const { return elements(index) * (f64 ? 8 : 4); }
  /// The tensor's elements in memory order.
  Elements values(int32_t index) const { return {tensor(index), f64}; }
  /// Copies a tensor, bytes() of it, between memory in the arena's order (tensor(), or a copy of
  /// it) and row-major memory outside.
  void exportTensor(int32_t index, const unsigned char *from, unsigned char *rowMajor) const;
  void importTensor(int32_t index, const unsigned char *rowMajor, unsigned char *to) const;

private:
  friend class RowMajor;
  const ProgramT &program;
  bool f64;
  Buffer memory;
};

/// Tensors in row-major order, for files: tensors stored in blocks are copied, the others are
/// returned as they are.
class RowMajor {
public:
  explicit RowMajor(const Arena &arena) : arena(arena) {}
  /// `from`: tensor `index` in the arena's order. Valid as long as this object and `from`.
  const unsigned char *of(int32_t index, const unsigned char *from);

private:
  const Arena &arena;
  std::vector<std::vector<unsigned char>> copies;
};

} // namespace nnrt
