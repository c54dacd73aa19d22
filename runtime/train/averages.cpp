// Exchanges trained tensors with their means.
#include "runtime/train/averages.h"

#include <cstring>

namespace nnrt {

void Averages::swap() {
  std::vector<unsigned char> values, means;
  for (size_t i = 0; i < train.averages.size(); ++i) {
    const int32_t tensor = train.trained[i], mean = train.averages[i];
    const size_t bytes = size_t(arena.bytes(tensor));
    values.resize(bytes);
    means.resize(bytes);
    // Their layouts may differ.
    arena.exportTensor(tensor, arena.tensor(tensor), values.data());
    arena.exportTensor(mean, arena.tensor(mean), means.data());
    arena.importTensor(tensor, means.data(), arena.tensor(tensor));
    arena.importTensor(mean, values.data(), arena.tensor(mean));
  }
}

} // namespace nnrt
