// Makes one run, with its own engine, for each core.
#include "runtime/experiment/side_runs.h"
#include "runtime/support/indices.h"

#include "runtime/process/signals.h"

#include <algorithm>
#include <atomic>
#include <cstring>

namespace nnrt {

SideRuns::SideRuns(Run &parent) : parent(parent), flags(parent.flags) {
  flags.threads = 1;
  flags.quiet = true;
  flags.resume = false;
}

SideRuns::~SideRuns() {
  for (const auto &run : runs)
    if (run->engine.profiler && parent.engine.profiler)
      parent.engine.profiler->add(*run->engine.profiler);
}

Status SideRuns::make(std::unique_ptr<Run> &run) {
  run.reset(new Run(parent.program, parent.engine.functions, flags));
  run->folders = parent.folders;
  run->firstStepSeconds = 0; // it is not reported
  return run->engine.start(parent.engine.seed(), flags.options);
}

void SideRuns::reset(Run &run) const {
  const ProgramT &program = parent.program;
  run.engine.setSeed(parent.engine.seed());
  run.engine.scalars = parent.engine.scalars;
  run.chosen = parent.chosen;
  run.drawn = parent.drawn;
  run.stepsLeft = parent.stepsLeft;
  run.data.clear();
  for (const auto &entry : parent.data)
    if (!program.data[entry.first.first].hidden)
      run.data.insert(entry);
  run.trained.clear();
  run.evaluated.clear();
  run.diverged = false;
  run.output = nullptr;
  run.folds = parent.folds;
  for (int32_t m : indices(program.models)) {
    const nn_range range = program.models[m].tensors;
    if (!program.models[m].hidden)
      for (int32_t t = range.first; t < range.first + range.count; ++t)
        memcpy(run.engine.arena.tensor(t), parent.engine.arena.tensor(t),
               size_t(parent.engine.arena.bytes(t)));
  }
}

struct SideRuns::Work {
  SideRuns &self;
  int64_t count;
  const std::function<void(Run &, int64_t)> &work;
  std::atomic<int64_t> next{0};
};

void SideRuns::workOn(void *data, int32_t thread, int32_t) {
  Work &work = *static_cast<Work *>(data);
  Run &run = *work.self.runs[size_t(thread)];
  for (int64_t i; (i = work.next++) < work.count && !pendingSignal();) {
    work.self.reset(run);
    work.work(run, i);
  }
}

Status SideRuns::each(int64_t count, const std::function<void(Run &, int64_t)> &work) {
  const int threads = int(std::min<int64_t>(count, parent.engine.maxThreads()));
  while (int(runs.size()) < threads) {
    runs.emplace_back();
    NN_TRY(make(runs.back()));
  }
  Work all{*this, count, work};
  parent.engine.share(workOn, &all, threads);
  parent.signal = pendingSignal();
  return Status();
}

} // namespace nnrt
