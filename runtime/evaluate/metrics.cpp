// Adds up results batch after batch, and evaluates over a split.
#include "runtime/evaluate/metrics.h"
#include "runtime/support/indices.h"

#include "runtime/process/signals.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

Status Totals::prepare(Engine &engine, const std::vector<MetricT> &list, bool loss) {
  metrics = list.data();
  count = int32_t(list.size());
  withLoss = loss;
  wide = engine.f64();
  sizes.assign(size_t(withLoss), 1);
  ofRows.assign(size_t(withLoss), false);
  for (int32_t m = 0; m < count; ++m)
    for (int32_t t : indices(metrics[m].total_sizes)) {
      const std::vector<int32_t> &rows = metrics[m].rows;
      sizes.push_back(metrics[m].total_sizes[t]);
      ofRows.push_back(std::find(rows.begin(), rows.end(), t) != rows.end());
    }
  auto padded = [&](int64_t size) { return (size * int64_t(sizeof(double)) + 63) / 64 * 64; };
  int64_t bytes = 0;
  for (int64_t size : sizes)
    bytes += padded(size);
  NN_TRY(results.allocate(bytes, "the metrics' results"));
  outputs.clear();
  sums.clear();
  unsigned char *at = results.data();
  for (int64_t size : sizes) {
    outputs.push_back(at);
    sums.emplace_back(size, 0.0);
    at += padded(size);
  }
  sumPointers.clear();
  for (const std::vector<double> &sum : sums)
    sumPointers.push_back(sum.data());
  for (int32_t m = 0; m < count; ++m)
    if (metrics[m].finish.exists() && metrics[m].rows.empty())
      NN_TRY(engine.reserve(metrics[m].finish, 1));
  clear();
  return Status();
}

Status Totals::makeRoom(int64_t rows) {
  rowResults.clear();
  rowResults.resize(sizes.size());
  for (size_t t = 0; t < sizes.size(); ++t) {
    if (!ofRows[t])
      continue;
    NN_TRY(rowResults[t].allocate(size_t(rows * sizes[t]) * sizeof(double),
                                  "the rows of the metrics"));
    outputs[t] = rowResults[t].data();
  }
  return Status();
}

void Totals::clearMetrics() {
  for (size_t t = 0; t < sums.size(); ++t)
    if (ofRows[t])
      sums[t].clear();
    else
      std::fill(sums[t].begin(), sums[t].end(), 0.0);
}

void Totals::addMetrics(int64_t rows, double lossWeight) {
  size_t total = withLoss;
  for (int32_t m = 0; m < count; ++m) {
    const MetricT &metric = metrics[m];
    if (metric.update >= 0) {
      if (lossWeight > 0)
        addLoss(m, lossWeight);
      ++total;
      continue;
    }
    int32_t spread = 0;
    for (int32_t t = 0; t < int32_t(metric.total_sizes.size()); ++t, ++total) {
      if (spread < int32_t(metric.spreads.size()) && metric.spreads[spread] == t) {
        addSpread(total);
        ++spread;
        t += 2;
        total += 2;
        continue;
      }
      const double *batch = static_cast<const double *>(outputs[total]);
      if (ofRows[total]) {
        sums[total].insert(sums[total].end(), batch, batch + rows * sizes[total]);
        continue;
      }
      for (int64_t k = 0; k < sizes[total]; ++k)
        sums[total][k] += batch[k];
    }
  }
}

/// Combines the squared deviations of two sets (Chan, Golub and LeVeque, 1979) without subtracting
/// large numbers.
void Totals::addSpread(size_t first) {
  double &all = sums[first][0];
  const double n = *static_cast<const double *>(outputs[first]), before = all;
  const double *means = static_cast<const double *>(outputs[first + 1]);
  const double *squares = static_cast<const double *>(outputs[first + 2]);
  if (n <= 0)
    return;
  all += n;
  for (int64_t k = 0; k < sizes[first + 1]; ++k) {
    double &mean = sums[first + 1][k];
    const double apart = means[k] - mean;
    sums[first + 2][k] += squares[k] + (before > 0 ? apart * apart * (before * n / all) : 0);
    mean += apart * (n / all);
  }
}

Status Totals::finish(Engine &engine, int32_t metric, std::vector<double> &value) const {
  const size_t first = firstOf(metric);
  const MetricT &m = metrics[metric];
  if (m.update >= 0) {
    value.assign(1, rowsAdded ? sums[first][0] / double(rowsAdded) : 0);
    return Status();
  }
  value.assign(elementCount(m.shape), 0);
  if (!m.finish.exists()) { // nothing to compute: the only total is the value
    if (int32_t(m.total_sizes.size()) == 1 && sums[first].size() == value.size())
      value = sums[first];
    return Status();
  }
  if (!m.rows.empty())
    return finishRows(engine, m, first, value.data());
  void *out = value.data();
  NN_TRY(engine.reserve(m.finish, 1));
  engine.callAlone(m.finish, sumPointers.data() + first, &out);
  return Status();
}

Status Totals::summary(Engine &engine, std::vector<double> &values) const {
  values.clear();
  if (withLoss)
    values.push_back(meanLoss());
  for (int32_t m = 0; m < count; ++m) {
    if (int32_t(metrics[m].shape.size()) != 0) {
      values.push_back(NAN);
      continue;
    }
    NN_TRY(finish(engine, m, scratch));
    values.push_back(scratch[0]);
  }
  return Status();
}

std::vector<double> Totals::save() const {
  std::vector<double> all = {lossSum, double(rowsAdded)};
  for (const std::vector<double> &sum : sums)
    all.insert(all.end(), sum.begin(), sum.end());
  return all;
}

bool Totals::restore(const std::vector<double> &saved) {
  // The caller has compared the number of rows with what it expects.
  const size_t rows = size_t(saved[1]);
  size_t need = 2;
  for (size_t t = 0; t < sums.size(); ++t)
    need += size_t(sizes[t]) * (ofRows[t] ? rows : 1);
  if (saved.size() != need)
    return false;
  lossSum = saved[0];
  rowsAdded = int64_t(saved[1]);
  for (size_t t = 0; t < sums.size(); ++t)
    if (ofRows[t])
      sums[t].resize(size_t(sizes[t]) * rows);
  size_t at = 2;
  for (std::vector<double> &sum : sums)
    for (double &value : sum)
      value = saved[at++];
  return true;
}

Status evaluateRows(Engine &engine, const Dataset &data, const std::vector<int32_t> &fields,
                    const nn_fn &function, const std::vector<int64_t> &rows, Totals &totals,
                    Tuning &tuning) {
  FlushDenormals flush;
  const int64_t capacity = pieceRows(engine, function, int64_t(rows.size()));
  Batches batches;
  NN_TRY(batches.prepare(engine, data, fields, capacity));
  NN_TRY(totals.makeRoom(capacity));
  totals.clear();
  return forEachPiece(engine, function, int64_t(rows.size()), [&](int64_t first, int64_t count) {
    if (pendingSignal())
      return Status();
    Gather gather = batches.gather(rows.data() + first, count);
    if (!engine.call(function, batches.in(), totals.out(), count, capacity, tuning, &gather))
      return data.parts.checkIntact();
    totals.add(count);
    return Status();
  });
}

} // namespace nnrt
