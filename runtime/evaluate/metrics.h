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

  /// Makes room for the values of each row of calls with up to `rows` rows.
  Status makeRoom(int64_t rows);

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
      addMetrics(rows, double(rows));
  }
  /// The same for a step that is made in several calls: the metrics that its first update measures,
  /// and a loss. `metric`: -1, or that of a later update; `weight`: its rows, divided by how often
  /// the step makes the update.
  void addMeasured(int64_t rows) {
    rowsAdded += rows;
    if (count)
      addMetrics(rows, 0);
  }
  void addLoss(int32_t metric, double weight) {
    (metric < 0 ? lossSum : sums[firstOf(metric)][0]) += lossAt(metric) * weight;
  }
  /// Where the results of such a call go, and the loss that it has given.
  void *const *outOf(int32_t metric) { return outputs.data() + firstOf(metric); }
  double lossAt(int32_t metric) const { return Elements{outputs[firstOf(metric)], wide}.get(0); }
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
  void addMetrics(int64_t rows, double lossWeight);
  // Weak: a trainer links it only if its metrics need it (NN_PART in rows.cpp).
  [[gnu::weak]] Status finishRows(Engine &engine, const MetricT &metric, size_t first,
                                  double *value) const;
  /// The place of a metric's first total among the results; that of the loss for -1.
  size_t firstOf(int32_t metric) const {
    size_t first = metric < 0 ? 0 : size_t(withLoss);
    for (int32_t m = 0; m < metric; ++m)
      first += metrics[m].total_sizes.size();
    return first;
  }
  void addSpread(size_t first);
  void clearMetrics();

  const MetricT *metrics = nullptr;
  int32_t count = 0;
  bool withLoss = false, wide = false;
  Buffer results; // all results, each at a 64-byte boundary
  std::vector<void *> outputs;
  std::vector<int64_t> sizes;            // elements of each total
  std::vector<char> ofRows;              // whether a total has values of each row
  std::vector<std::vector<double>> sums; // of values of rows: one row after the other
  std::vector<Buffer> rowResults;        // where calls write values of rows
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
