// Copies of a model's tensors.
#include "runtime/train/snapshot.h"

#include "runtime/program/statements.h"

#include <cstring>

namespace nnrt {

std::vector<int32_t> tensorsIn(nn_range range) {
  std::vector<int32_t> list;
  for (int32_t i = range.first; i < range.first + range.count; ++i)
    list.push_back(i);
  return list;
}

std::vector<int32_t> tensorsOf(const ProgramT &program, const TrainT &train) {
  std::vector<int32_t> list = tensorsIn(program.models[train.model].tensors);
  for (int32_t model : train.also)
    for (int32_t t : tensorsIn(program.models[model].tensors)) {
      bool seen = false; // one model may be a part of another
      for (int32_t known : list)
        seen |= program.tensors[known].offset == program.tensors[t].offset;
      if (!seen)
        list.push_back(t);
    }
  return list;
}

void Snapshot::take() {
  size_t size = 0, at = 0;
  for (int32_t t : tensors)
    size += size_t(arena.bytes(t));
  copy.resize(size);
  for (int32_t t : tensors) {
    const size_t bytes = size_t(arena.bytes(t));
    memcpy(copy.data() + at, arena.tensor(t), bytes);
    at += bytes;
  }
}

void Snapshot::restore() const {
  if (copy.empty())
    return;
  size_t at = 0;
  for (int32_t t : tensors) {
    const size_t bytes = size_t(arena.bytes(t));
    memcpy(arena.tensor(t), copy.data() + at, bytes);
    at += bytes;
  }
}

void Snapshot::add(int32_t tensor, const unsigned char *rowMajor) {
  const size_t bytes = size_t(arena.bytes(tensor));
  copy.resize(copy.size() + bytes);
  arena.importTensor(tensor, rowMajor, copy.data() + copy.size() - bytes);
}

} // namespace nnrt
