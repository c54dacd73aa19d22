// Progress: shows a training run as a live line on a terminal, as a plain line for each epoch
// elsewhere, and not at all with --quiet.
#pragma once

#include "runtime/record/history.h"

#include <chrono>
#include <string>

namespace nnrt {

class Progress {
public:
  explicit Progress(bool quiet);

  /// A train statement begins (or continues) at step record.steps.
  void begin(const TrainRecord &record);
  /// Called after every step; takes a nanosecond unless it is time to redraw. `totals`: the epoch's
  /// so far.
  template <class Totals> void step(int64_t steps, const Totals &totals) {
    if (steps >= nextLook)
      look(steps, totals.meanLoss());
  }
  /// How many epochs of one step each may end without a call of step() or epoch(), because the
  /// calls would do nothing.
  int64_t untilShown(int64_t steps, int64_t epochs) const;
  /// The last epoch of `record` is complete.
  void epoch(const TrainRecord &record);
  /// The statement ends: shows the last epoch if it was not shown, and removes the live line.
  void end(const TrainRecord &record);
  /// Shows a separate line, unless --quiet.
  void note(const std::string &text);
  /// Clears the live line; called before anything else is printed.
  void clear();

  /// "loss 0.1234  accuracy 0.9612  val.loss …": an epoch's numbers.
  static std::string values(const TrainRecord &record, const EpochRecord &epoch);

private:
  using Clock = std::chrono::steady_clock;
  void look(int64_t steps, double meanLoss);
  void draw(int64_t steps, double meanLoss);
  std::string epochName(const TrainRecord &record) const;

  bool quiet, terminal, drawn = false;
  const TrainRecord *current = nullptr;
  int64_t firstStep = 0, nextLook = 0, lastLook = 0;
  int64_t everyEpochs = 1; // plain lines: long runs do not print each epoch
  int64_t shownEpochs = 0;
  Clock::time_point started, lastDraw, lastLine, lookTime;
};

} // namespace nnrt
