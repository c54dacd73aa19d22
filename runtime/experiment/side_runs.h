// SideRuns: independent runs in parallel. Each core has a Run with its own memory, which executes
// one after another on one thread. The results do not depend on the number of cores.
#pragma once

#include "runtime/run/run.h"

#include <functional>
#include <memory>
#include <vector>

namespace nnrt {

class SideRuns {
public:
  /// `parent` must live longer, and must not be used while each() is working.
  explicit SideRuns(Run &parent);
  /// Adds the profiles to the parent's.
  ~SideRuns();

  /// Calls work(run, i) for i in 0 … count - 1, by as many threads as the parent's engine has.
  /// Before each, `run` has the parent's seed, chosen values and data, and its models as they are
  /// there, except for hidden ones; what it prints goes to `output`. `work` must store its own
  /// status: each() itself fails only if there is not enough memory.
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
