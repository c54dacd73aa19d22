// Runs that do not depend on one another, side by side: each core has a run of its own, with its
// own memory, which makes one run after another on one thread. What they compute does not depend on
// how many there are.
#pragma once

#include "runtime/run/run.h"

#include <functional>
#include <memory>
#include <vector>

namespace nnrt {

class SideRuns {
public:
  /// `parent` must live longer, and is not to be used while each() works.
  explicit SideRuns(Run &parent);
  /// What was profiled becomes the parent's.
  ~SideRuns();

  /// Calls work(run, i) for i in 0 … count - 1, by as many threads as the parent's engine has.
  /// Before each, `run` has the parent's seed, chosen values and data, and its models as they are
  /// there, except for hidden ones; what it prints goes to `output`. A status that `work` returns
  /// is the caller's to keep: each() itself fails only when memory is missing.
  Status each(int64_t count, const std::function<void(Run &run, int64_t i)> &work);

private:
  Status make(std::unique_ptr<Run> &run);
  void reset(Run &run) const;
  struct Work;
  static void workOn(void *data, int32_t thread, int32_t threads);

  Run &parent;
  Flags flags;
  std::vector<std::unique_ptr<Run>> runs; // one for each thread
};

} // namespace nnrt
