// What a processor can do at most: multiply-adds on registers alone. A small product whose operands
// stay in the first-level cache would still load.
#pragma once

#include <atomic>
#include <functional>
#include <thread>
#include <vector>

namespace nnc {

/// Threads that run a job together, spinning in between.
class Team {
public:
  explicit Team(int size);
  ~Team();
  void run(const std::function<void(int thread)> &work);
  const int size; // the caller counts

private:
  std::vector<std::thread> threads;
  const std::function<void(int)> *job = nullptr;
  std::atomic<int> round{0}, left{0};
};

/// f32 FLOP/s of all threads of `team`, with the widest vectors that this processor has: the best
/// of some short samples.
double roofFlops(Team &team);

} // namespace nnc
