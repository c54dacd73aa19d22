// The value by which the runs of a group are ranked.
#pragma once

#include "runtime/experiment/outcome.h"
#include "runtime/record/history.h"

#include <cmath>

namespace nnrt {

/// The goal of a search; otherwise the first metric that has a direction, otherwise the loss; on
/// the validation split if there is one, at its best.
struct Judge {
  size_t value = 0; // numbered as in series()
  bool val = false, highest = false;
  std::string name;
  const SearchRecord *search;

  Judge(const TrainRecord &record, const SearchRecord *search)
      : val(record.valRows > 0), name(lossOf(*record.statement)), search(search) {
    if (search) {
      value = size_t(search->watch.metric + 1);
      val = search->watch.split != NN_SPLIT_TRAIN;
      highest = search->direction == NN_HIGHEST;
      name = search->goal;
      return;
    }
    for (int32_t m = 0; m < int32_t(record.statement->metrics.size()) && value == 0; ++m)
      if (const MetricT &metric = record.statement->metrics[m];
          int32_t(metric.shape.size()) == 0 && metric.update < 0 &&
          metric.direction != NN_NO_DIRECTION) {
        value = size_t(m) + 1;
        highest = metric.direction == NN_HIGHEST;
        name = metric.name;
      }
    name = (val ? "val." : "train.") + name;
  }
  /// The name that columnsOf() gives it.
  std::string column(const TrainRecord &record) const {
    return (val ? "val." : "") + std::string(valueName(*record.statement, value));
  }
  bool better(double a, double b) const {
    return !(a != a) && (b != b || (highest ? a > b : a < b));
  }
  double bestOf(const TrainRecord &record, size_t &epoch) const {
    double best = NAN;
    if (search) {
      epoch = size_t(record.statement->has_keep && record.kept.seen ? record.kept.epoch + 1
                                                                    : record.epochs);
      return resultOf(record, search->watch);
    }
    std::vector<double> curve = series(record, val, value);
    for (size_t i = 0; i < curve.size(); ++i)
      if (better(curve[i], best)) {
        best = curve[i];
        epoch = i * size_t(record.history.stride()) + 1;
      }
    return best;
  }
};

} // namespace nnrt
