// Monitor: measures a training run at the ends of some epochs: norms of weights, gradients and
// updates, dead and saturated units. It is active only if something shows its results, and does not
// slow the training steps in between.
#pragma once

#include "runtime/device/engine.h"
#include "runtime/record/history.h"

#include <vector>

namespace nnrt {

/// Euclidean norms of one trained tensor: of its values, of the loss's gradient for the last batch
/// (NaN: not known), and of the change made by the epoch's last step.
struct TensorLook {
  double weight, gradient, update;
};

/// Shares of an activation's units: dead ones give one value for all examples of a batch; saturated
/// ones have a derivative below 0.05 in absolute value for at least 95 % of the examples (and are
/// not dead).
struct UnitsLook {
  double dead, saturated;
};

/// The figures of tensor or activation number `index` in row `row` of record.monitored.
TensorLook tensorLook(const TrainRecord &record, size_t row, size_t index);
UnitsLook unitsLook(const TrainRecord &record, size_t row, size_t index);

/// What is wrong with these figures, or null.
const char *gradientWarning(const TrainRecord &record, size_t row, size_t index);
const char *updateWarning(const TensorLook &look);
const char *unitsWarning(double share);

/// A table of the last measurement, for a terminal; empty if there was none.
std::string monitorText(const TrainRecord &record);

/// The histogram of values, or of a tensor's values, in `parts` equal parts between the least and
/// the greatest.
Histogram histogramOf(Elements values, int64_t count, int parts);
Histogram histogramOf(const Engine &engine, int32_t tensor, int parts);

class Monitor {
public:
  /// `record` must be planned. The measurements are spread so that there are at most about 100.
  Status prepare(Engine &engine, const TrainT &train, TrainRecord &record);

  bool active() const { return on; }
  /// The number of columns of record.monitored.
  int64_t columns() const;
  /// How many epochs from `epoch` on may end without a measurement.
  int64_t untilDue(int64_t epoch) const { return on ? (every - epoch % every) % every : INT64_MAX; }
  /// Called before the last step of epoch `epoch`.
  void beforeStep(int64_t epoch);
  /// Called after it: computes everything on the batch of that step, which has `rows` rows, and
  /// adds it to `record`.
  Status afterStep(int64_t epoch, const void *const *in, int64_t rows, int64_t capacity,
                   TrainRecord &record);
  /// Called at the end of the run: adds histograms of the weights.
  void finish(TrainRecord &record) const;

private:
  bool on = false;
  int64_t every = 1;
  Engine *engine = nullptr;
  const TrainT *train = nullptr;
  std::vector<std::vector<unsigned char>> old; // values of the trained tensors before the step
  Buffer results;
  std::vector<void *> out;
};

} // namespace nnrt
