// Timeline: records how long each stage took and on which thread, for --timing.
#pragma once

#include "llvm/Support/raw_ostream.h"

#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace nnc {

/// Collects intervals of monotonic time. Two intervals of one thread are disjoint, or one contains
/// the other. Containment tells which stage is part of which, so nothing is counted twice. (The
/// timers of LLVM and MLIR begin after the process has started; this one also covers the time
/// before.) Any thread may add intervals.
class Timeline {
public:
  /// The monotonic time in seconds.
  static double now();

  /// Adds a stage of the calling thread.
  void add(std::string name, double begin, double end);

  /// Runs `f` and adds the time that it took.
  template <class F> auto measure(std::string name, F f) {
    const double begin = now();
    auto result = f();
    add(std::move(name), begin, now());
    return result;
  }

  /// Prints a table of the stages within [begin, end] of the thread that constructed the timeline,
  /// each with its share of that time, and the rest of the time. After that come the stages of
  /// other threads in that time and all stages after `end`, without shares.
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
