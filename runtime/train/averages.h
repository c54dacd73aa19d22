// Averages: the means of trained tensors (`average = 0.999`), which their model has in evaluations
// and after the training. Compiled steps continue them.
#pragma once

#include "runtime/device/arena.h"

namespace nnrt {

class Averages {
public:
  Averages(Arena &arena, const TrainT &train) : arena(arena), train(train) {}

  bool any() const { return !train.averages.empty(); }
  /// Exchanges the tensors with their means.
  void swap();

  /// Exchanges them, if `wanted`, as long as it exists.
  class Use {
  public:
    Use(Averages &averages, bool wanted) : averages(wanted ? &averages : nullptr) {
      if (this->averages)
        averages.swap();
    }
    ~Use() {
      if (averages)
        averages->swap();
    }
    Use(const Use &) = delete;
    Use &operator=(const Use &) = delete;

  private:
    Averages *averages;
  };

private:
  Arena &arena;
  const TrainT &train;
};

} // namespace nnrt
