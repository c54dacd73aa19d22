// Tensors in the arena, and their copies in row-major order.
#include "runtime/device/arena.h"

#include <cstring>

namespace nnrt {

Status Arena::allocate() {
  return memory.allocate(program.persistent_bytes,
                         "the models' parameters and their optimizers' state");
}

int64_t Arena::elements(int32_t index) const { return elementCount(program.tensors[index].shape); }

/// Calls copy(place in the arena's order, place in row-major order, count) for runs of bytes that
/// are contiguous in both.
template <class Copy>
static void forEachRun(const TensorT &tensor, int64_t bytes, int64_t elementBytes, Copy copy) {
  if (tensor.block == 0)
    return copy(0, 0, bytes);
  int64_t rows = tensor.shape[0], run = tensor.block * elementBytes,
          rowBytes = tensor.shape[1] * elementBytes;
  for (int64_t row = 0; row < rows; ++row)
    for (int64_t at = 0; at < rowBytes; at += run)
      copy(at * rows + row * run, row * rowBytes + at, run);
}

void Arena::exportTensor(int32_t index, const unsigned char *from, unsigned char *rowMajor) const {
  forEachRun(program.tensors[index], bytes(index), f64 ? 8 : 4,
             [&](int64_t place, int64_t outside, int64_t count) {
               memcpy(rowMajor + outside, from + place, count);
             });
}

void Arena::importTensor(int32_t index, const unsigned char *rowMajor, unsigned char *to) const {
  forEachRun(program.tensors[index], bytes(index), f64 ? 8 : 4,
             [&](int64_t place, int64_t outside, int64_t count) {
               memcpy(to + place, rowMajor + outside, count);
             });
}

const unsigned char *RowMajor::of(int32_t index, const unsigned char *from) {
  if (arena.program.tensors[index].block == 0)
    return from;
  copies.emplace_back(size_t(arena.bytes(index)));
  arena.exportTensor(index, from, copies.back().data());
  return copies.back().data();
}

} // namespace nnrt
