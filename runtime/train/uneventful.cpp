// A fast loop for epochs of one step at whose end nothing must be shown, kept or decided. On tiny
// data these are nearly all of a training run, and a step takes less time than the other work in
// Trainer::loop.
#include "runtime/process/signals.h"
#include "runtime/train/train.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

int64_t Trainer::uneventfulEpochs() const {
  if (record.stepsPerEpoch != 1 || !oneCall || !data->balanced.empty() || engine.profiler ||
      data->unchecked() || !train.metrics.empty() || record.valRows || train.has_keep ||
      train.has_stop || !train.checkpoint.empty() || run.recorder.active())
    return 0;
  // Not the last epoch, and not the one at whose end the time of a kept one starts.
  int64_t count =
      std::min(record.totalSteps - record.steps, record.history.untilKept(record.epochs)) - 1;
  count = std::min({count, engine.callsAlone(tuning),
                    run.progress.untilShown(record.steps, record.epochs),
                    monitor.untilDue(record.epochs)});
  return run.stepsLeft < 0 ? count : std::min(count, run.stepsLeft);
}

Status Trainer::runUneventful(int64_t count) {
  const RepeatedCall step =
      engine.repeated(train.step, batches.in(), totals.out(), record.batch, record.batch);
  for (; count > 0 && !run.signal; --count) {
    setClock();
    step.make();
    if (double loss = totals.readLoss(); !std::isfinite(loss))
      return explain(parts.front(), loss, record.batch);
    ++record.steps;
    ++tuning.calls;
    totals.add(record.batch);
    record.last.train[0] = totals.meanLoss();
    totals.clear();
    if (!areParametersFinite())
      return checkParameters();
    ++record.epochs;
    run.signal = pendingSignal();
    if (run.stepsLeft > 0)
      --run.stepsLeft;
  }
  return Status();
}

} // namespace nnrt
