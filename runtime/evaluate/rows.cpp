// Metrics that see all rows of a split at once: those of ranks, such as the area under a curve.
#include "runtime/evaluate/metrics.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

NN_PART(metric_rows);

/// For each element of `e`, the sum of the weights of those that are less and in the same column.
/// For NaN it is NaN.
static std::vector<double> sumsBelow(const std::vector<double> &e,
                                     const std::vector<double> &weights, size_t columns) {
  std::vector<double> below(e.size(), NAN);
  std::vector<size_t> order;
  for (size_t column = 0; column < columns; ++column) {
    order.clear();
    for (size_t i = column; i < e.size(); i += columns)
      if (e[i] == e[i])
        order.push_back(i);
    std::sort(order.begin(), order.end(),
              [&](size_t a, size_t b) { return e[a] != e[b] ? e[a] < e[b] : a < b; });
    double sum = 0;
    for (size_t from = 0, to; from < order.size(); from = to) {
      const double before = sum;
      for (to = from; to < order.size() && e[order[to]] == e[order[from]]; ++to) {
        below[order[to]] = before;
        sum += weights[order[to]];
      }
    }
  }
  return below;
}

/// The value of a metric that sees all rows at once.
Status Totals::finishRows(Engine &engine, const MetricT &metric, size_t first,
                          double *value) const {
  if (rowsAdded == 0) {
    std::fill_n(value, elementCount(metric.shape), NAN);
    return Status();
  }
  std::vector<const void *> in;
  for (size_t t = first; t < first + metric.total_sizes.size(); ++t)
    in.push_back(sums[t].data());
  std::vector<std::vector<double>> below;
  below.reserve(metric.below.size());
  for (size_t b = 0; b < metric.below.size(); ++b) {
    const size_t t = size_t(metric.below[b]);
    below.push_back(
        sumsBelow(sums[first + t], sums[first + t + 1], size_t(metric.below_columns[b])));
    in[t] = below.back().data();
  }
  void *out = value;
  NN_TRY(engine.reserve(metric.finish, rowsAdded));
  engine.call(metric.finish, in.data(), &out, rowsAdded, rowsAdded);
  return Status();
}

} // namespace nnrt
