// Snapshot: a copy of a model's tensors, at its best epoch.
#pragma once

#include "runtime/device/arena.h"

#include <vector>

namespace nnrt {

/// The numbers of the tensors in a range.
std::vector<int32_t> tensorsIn(nn_range range);
/// Those of all models that a statement trains, each once.
std::vector<int32_t> tensorsOf(const ProgramT &program, const TrainT &train);

class Snapshot {
public:
  Snapshot(Arena &arena, std::vector<int32_t> tensors)
      : arena(arena), tensors(std::move(tensors)) {}

  /// The model's tensors.
  const std::vector<int32_t> &of() const { return tensors; }
  bool empty() const { return copy.empty(); }
  /// One after the other, in the arena's order.
  const unsigned char *data() const { return copy.data(); }

  void take();
  /// Copies them back, if there are any.
  void restore() const;

  void clear() { copy.clear(); }
  /// Adds the next tensor, from row-major memory.
  void add(int32_t tensor, const unsigned char *rowMajor);

private:
  Arena &arena;
  std::vector<int32_t> tensors;
  std::vector<unsigned char> copy;
};

} // namespace nnrt
