// What took how long, on which thread: the table behind --timing.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nnc {

/// Collects intervals of monotonic time. Those of one thread contain one another or are apart, so
/// containment says which stage is part of which, and nothing is counted twice. (LLVM's and MLIR's
/// timers begin after the process has; this one can tell what came before.) Any thread may add.
class Timeline {
public:
  /// Monotonic seconds.
  static double now();

  /// A stage on the calling thread.
  void add(std::string name, double begin, double end);

  /// Runs `f` and adds the time that it took.
  template <class F> auto measure(std::string name, F f) {
    const double begin = now();
    auto result = f();
    add(std::move(name), begin, now());
    return result;
  }

  /// A table of the constructing thread's stages within [begin, end], each with its share of that
  /// time, and what is left; then what other threads did meanwhile, and what came after `end`, with
  /// times alone.
  void print(llvm::raw_ostream &os, double begin, double end, llvm::StringRef totalName) const;

private:
  struct Stage {
    std::string name;
    double begin, end;
    std::thread::id thread;
  };
  std::vector<Stage> stages;
  mutable std::mutex guard;
  const std::thread::id mainThread = std::this_thread::get_id();
};

} // namespace nnc
