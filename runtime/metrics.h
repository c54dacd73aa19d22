// Totals of a loss and metrics over the rows of a split, and the values they finish to.
#pragma once

#include "runtime/dataset.h"
#include "runtime/engine.h"

#include <algorithm>
#include <functional>
#include <vector>

namespace nnrt {

/// The results of a train or evaluate statement's functions: an optional mean loss, then each
/// metric's totals. Batches are added up in double.
class Totals {
public:
  /// Allocates room for the results. `withLoss`: result 0 is the batch's mean loss.
  Status prepare(Engine &engine, const nn_metric *metrics, int32_t count, bool withLoss);

  /// What to pass as nn_call.out.
  void *const *out() { return outputs.data(); }
  size_t bytes() const { return results.size(); }
  /// The loss of the last call.
  double batchLoss() const { return loss; }
  /// Reads the loss of the last call; the rest is not touched.
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
  /// The loss (when there is one) and each metric's value; a metric that is not a number gives NaN.
  Status summary(Engine &engine, std::vector<double> &values) const;

  /// Everything that add() changes, for checkpoints: loss sum, rows, then the totals.
  std::vector<double> save() const;
  bool restore(const std::vector<double> &saved);

private:
  void addMetrics();
  void addSpread(size_t first);
  void clearMetrics();

  const nn_metric *metrics = nullptr;
  int32_t count = 0;
  bool withLoss = false, wide = false;
  Buffer results; // all results, each at a 64-byte boundary
  std::vector<void *> outputs;
  std::vector<int64_t> sizes; // elements of each total
  std::vector<std::vector<double>> sums;
  std::vector<const void *> sumPointers; // to them, as nn_call.in of the metrics' finish functions
  mutable std::vector<double> scratch;   // a value on its way into a summary
  double loss = 0, lossSum = 0;
  int64_t rowsAdded = 0;
};

/// The batches of a split as contiguous memory: what is passed as nn_call.in, and the copying.
class Batches {
public:
  /// For up to `capacity` rows of the fields `fields` of a data set.
  Status prepare(Engine &engine, const Dataset &data, const int32_t *fields, int32_t count,
                 int64_t capacity);
  const void *const *in() const { return inputs.data(); }
  size_t bytes() const {
    size_t sum = 0;
    for (const Buffer &buffer : buffers)
      sum += buffer.size();
    return sum;
  }
  /// How to copy these rows before a call.
  Gather gather(const int64_t *rows, int64_t count) const {
    return {rows, count, copies.data(), int32_t(copies.size()), data->raw ? &computation : nullptr};
  }

private:
  std::vector<Buffer> buffers;
  std::vector<const void *> inputs;
  std::vector<Gather::Field> copies;
  // For fields that are computed: all of them, because prepare makes all.
  const Dataset *data = nullptr;
  bool f64 = false;
  InputBuffers columns;
  std::vector<void *> prepared;
  Gather::Computation computation = {};
};

/// Rows of `rows` that one call of an evaluation computes: some that fit the caches, or all where
/// they depend on one another.
int64_t pieceRows(const nn_fn &function, int64_t rows);
/// Makes the scratch big enough for such calls.
Status reservePieces(Engine &engine, const nn_fn &function, int64_t rows);

/// Calls `piece(first, count)` for each piece of `rows` rows, from the first on, and tells the
/// engine which row is the first.
template <class Piece>
Status forEachPiece(Engine &engine, const nn_fn &function, int64_t rows, Piece &&piece) {
  const int64_t capacity = pieceRows(function, rows);
  NN_TRY(reservePieces(engine, function, rows));
  Status status;
  for (int64_t first = 0; first < rows && !status.failed(); first += capacity) {
    engine.scalars[NN_SLOT_FIRST_ROW] = double(first);
    status = piece(first, std::min(capacity, rows - first));
  }
  engine.scalars[NN_SLOT_FIRST_ROW] = 0;
  return status;
}

/// Fails where a number that a loss or a metric computes from fields and reads as a target is not
/// as its bound says, naming the row.
Status checkTargets(Engine &engine, Dataset &data, const int32_t *fields, int32_t n_fields,
                    const nn_targets &targets);
/// The same of the elements of a model's input, row after row: what picks elements in the model.
/// `data`: what the rows are called; `place(row)`: where one comes from.
Status checkInput(Engine &engine, const nn_model &model, const void *x, int64_t rows,
                  const char *data, const std::function<std::string(int64_t)> &place);

/// Runs `function` over `rows` of a data set and adds everything to `totals` (which is cleared
/// first). After a signal the rest is left out, and the totals are of no use.
Status evaluateRows(Engine &engine, const Dataset &data, const int32_t *fields, int32_t n_fields,
                    const nn_fn &function, const std::vector<int64_t> &rows, Totals &totals,
                    Tuning &tuning);

} // namespace nnrt
