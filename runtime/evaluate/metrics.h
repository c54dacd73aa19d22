// Totals of a loss and metrics over the rows of a split, and their final values.
#pragma once

#include "runtime/data/batches.h"
#include "runtime/device/engine.h"

#include <vector>

namespace nnrt {

/// The results of a train or evaluate statement's functions: an optional mean loss, then each
/// metric's totals. Batches are added up in double.
class Totals {
public:
  /// Allocates memory for the results. `withLoss`: result 0 is the batch's mean loss.
  Status prepare(Engine &engine, const std::vector<MetricT> &metrics, bool withLoss);

  /// The pointers to pass as nn_call.out.
  void *const *out() { return outputs.data(); }
  size_t bytes() const { return results.size(); }
  /// The loss of the last call.
  double batchLoss() const { return loss; }
  /// Reads the loss of the last call and nothing else.
  double readLoss() { return loss = Elements{outputs[0], wide}.get(0); }
  /// Adds the last call's results, which were over `rows` rows.
  void add(int64_t rows) {
    if (withLoss)
      lossSum += readLoss() * double(rows);
    rowsAdded += rows;
    if (count)
      addMetrics();
  }
  void clear() {
    lossSum = 0;
    rowsAdded = 0;
    if (count)
      clearMetrics();
  }

  double meanLoss() const { return rowsAdded ? lossSum / double(rowsAdded) : 0; }
  /// A metric's value, row-major.
  Status finish(Engine &engine, int32_t metric, std::vector<double> &value) const;
  /// The loss (if there is one) and each metric's value; NaN for a metric that is a table.
  Status summary(Engine &engine, std::vector<double> &values) const;

  /// Everything that add() changes, for checkpoints: loss sum, rows, then the totals.
  std::vector<double> save() const;
  bool restore(const std::vector<double> &saved);

private:
  void addMetrics();
  void addSpread(size_t first);
  void clearMetrics();

  const MetricT *metrics = nullptr;
  int32_t count = 0;
  bool withLoss = false, wide = false;
  Buffer results; // all results, each at a 64-byte boundary
  std::vector<void *> outputs;
  std::vector<int64_t> sizes; // elements of each total
  std::vector<std::vector<double>> sums;
  std::vector<const void *> sumPointers; // pointers to the sums, as nn_call.in of the metrics'
                                         // finish functions
  mutable std::vector<double> scratch;   // a value before it is added to a summary
  double loss = 0, lossSum = 0;
  int64_t rowsAdded = 0;
};

/// Runs `function` over `rows` of a data set and adds everything to `totals` (which is cleared
/// first). After a signal the rest is left out, and the totals must not be used.
Status evaluateRows(Engine &engine, const Dataset &data, const std::vector<int32_t> &fields,
                    const nn_fn &function, const std::vector<int64_t> &rows, Totals &totals,
                    Tuning &tuning);

} // namespace nnrt
