// Checkpoint: the file with everything that the rest of a training run depends on.
#pragma once

#include "runtime/evaluate/metrics.h"
#include "runtime/record/monitor.h"
#include "runtime/run/run.h"
#include "runtime/train/snapshot.h"
#include "runtime/weights/safetensors.h"

#include <string>
#include <utility>
#include <vector>

namespace nnrt {

/// What a checkpoint keeps, besides the tensors in the arena.
struct Resumable {
  TrainRecord &record;
  Totals &totals;
  Snapshot &best;
  const Monitor &monitor;
};

class Checkpoint {
public:
  /// `ordinal`: the train statement's number among the program's.
  Checkpoint(Run &run, const TrainT &train, int32_t ordinal, const Resumable &state)
      : run(run), engine(run.engine), train(train), ordinal(ordinal), record(state.record),
        totals(state.totals), best(state.best), monitor(state.monitor) {}

  /// `seconds`: how long the run has taken so far.
  Status write(bool finished, double seconds) const;
  /// Restores the state from the file; `found` is false if there is none.
  Status read(bool &found, bool &finished);

private:
  /// Everything that must be equal for a checkpoint to be continued, with names for a message.
  std::vector<std::pair<std::string, std::string>> fingerprint() const;
  Status damaged(const std::string &what) const;
  /// Reads the file; fails if it is not a checkpoint of this run.
  Status open(SafetensorsFile &file) const;
  /// Reads the numbers of `file` into a copy of the record, and the totals, which nobody reads if
  /// the file is refused later; false if they cannot belong to this run.
  bool readProgress(const SafetensorsFile &file, TrainRecord &next, bool &finished);
  void readMonitored(const SafetensorsFile &file, TrainRecord &next) const;
  /// The tensor `prefix` + the name of `t`; null if it is not in the file or is another one.
  const TensorView *tensorOf(const SafetensorsFile &file, const char *prefix, int32_t t) const;
  /// Fails unless the file has the tensors of the model and the optimizer, and no others.
  Status checkTensors(const SafetensorsFile &file) const;
  /// Finds out whether the file has the best weights, and fails unless that fits `next`.
  Status checkBest(const SafetensorsFile &file, const TrainRecord &next, bool &hasBest) const;
  void restoreTensors(const SafetensorsFile &file, bool hasBest);
  /// Warns if the program has changed since the file was written.
  void warnOfChanges(const SafetensorsFile &file, bool finished) const;

  Run &run;
  Engine &engine;
  const TrainT &train;
  int32_t ordinal;
  TrainRecord &record;
  Totals &totals;
  Snapshot &best;
  const Monitor &monitor;
};

} // namespace nnrt
