// The rules of the advice, one for each symptom. They compare a curve with itself, because whether
// a loss is low depends on the task.
#include "runtime/record/advice.h"

#include "runtime/support/status.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

namespace {

const size_t leastEpochs = 4; // fewer points are not a curve
const size_t trendEpochs = 8; // with fewer, slow progress looks like noise
const double flatShare =
    0.01; // a loss that has moved less than this share of its start has not moved
const double noiseShare =
    0.1; // a rise of this share from one epoch to the next is more than the noise of batches
const double risenShare = 0.1;      // validation loss this far above its best has turned
const double improvingShare = 0.03; // of the loss, gained in the last quarter
const double solvedShare = 0.05;    // a loss below this share of its start has little left to gain
const double gapLeast = 0.05;       // between shares such as accuracy

/// The curves of one record.
struct Curves {
  const TrainRecord &record;
  std::vector<double> train, val; // losses

  explicit Curves(const TrainRecord &record)
      : record(record), train(series(record, false, 0)), val(series(record, true, 0)) {}

  size_t epochs() const { return train.size(); }
  double first() const { return train.front(); }
  double last() const { return train.back(); }
  double least() const { return *std::min_element(train.begin(), train.end()); }
  double most() const { return *std::max_element(train.begin(), train.end()); }
  size_t bestVal() const { return size_t(std::min_element(val.begin(), val.end()) - val.begin()); }
  /// The epoch number of a point, from 1.
  long long epoch(size_t point) const {
    return (long long)(int64_t(point) * record.history.stride() + 1);
  }
  /// The share of the loss that was gained from the point `share` of the run to its end.
  double gained(const std::vector<double> &curve, double share) const {
    double from = curve[size_t(share * double(curve.size() - 1))];
    return (from - curve.back()) / std::max(std::fabs(from), 1e-12);
  }
};

std::string shown(double value) { return format("%.3g", value); }

bool isFlat(const Curves &c) { return c.most() - c.least() <= flatShare * std::fabs(c.first()); }

/// A loss that ends above where it was, or jumps up again and again.
bool overshoots(const Curves &c) {
  size_t rises = 0;
  for (size_t i = 1; i < c.epochs(); ++i)
    rises += c.train[i] - c.train[i - 1] > noiseShare * std::fabs(c.train[i - 1]) &&
             c.train[i] > solvedShare * std::fabs(c.first());
  bool jumps = rises >= 2 && double(rises) >= 0.2 * double(c.epochs() - 1);
  return jumps || c.last() > (1 + noiseShare) * std::fabs(c.first()) ||
         (c.last() > 1.5 * std::fabs(c.least()) && c.last() > solvedShare * std::fabs(c.first()));
}

bool isSolved(const Curves &c) { return c.last() <= solvedShare * std::fabs(c.first()); }

/// Less than half of the loss is gone, and the last third of the run gained at least a quarter of
/// that: a nearly straight line down, without noise.
bool crawls(const Curves &c) {
  size_t rises = 0;
  for (size_t i = 1; i < c.epochs(); ++i)
    rises += c.train[i] > c.train[i - 1];
  if (double(rises) > 0.1 * double(c.epochs()))
    return false;
  double drop = c.first() - c.last(), late = c.train[c.epochs() * 2 / 3] - c.last();
  return drop > 0 && drop < 0.5 * std::fabs(c.first()) && late > 0.25 * drop;
}

bool turned(const Curves &c) {
  return !c.val.empty() && c.bestVal() + 1 < c.val.size() &&
         c.val.back() > c.val[c.bestVal()] + risenShare * std::fabs(c.val[c.bestVal()]) &&
         c.last() < c.train[c.bestVal()];
}

/// The metric with values from 0 to 1 whose train and validation values are furthest apart, or 0.
size_t widestGap(const Curves &c, double &width) {
  size_t widest = 0;
  width = 0;
  const EpochRecord &last = c.record.last;
  for (size_t i = 1; i < last.train.size() && i < last.val.size(); ++i) {
    double train = last.train[i], val = last.val[i], gap = train - val;
    if (c.record.statement->metrics[i - 1].direction == NN_HIGHEST && train >= 0 && train <= 1 &&
        val >= 0 && gap > width) {
      width = gap;
      widest = i;
    }
  }
  return width >= gapLeast ? widest : 0;
}

const char *const lessVariance =
    "more data or augmentation, a penalty on the weights, dropout, a smaller network";

} // namespace

std::vector<double> series(const TrainRecord &record, bool val, size_t value) {
  const size_t values = record.last.train.size(), column = 1 + (val ? values : 0) + value;
  std::vector<double> curve;
  if (column < record.history.columns() && (!val || !record.last.val.empty()))
    for (size_t row = 0; row < record.history.rows(); ++row)
      curve.push_back(record.history.value(row, column));
  return curve;
}

std::vector<Advice> advice(const TrainRecord &record) {
  Curves c(record);
  std::vector<Advice> list;
  auto say = [&](Symptom symptom, std::string text) { list.push_back({symptom, std::move(text)}); };
  if (!record.statement->later.empty())
    return list; // losses that work against each other need not fall
  auto finite = [](double x) { return std::isfinite(x); };
  if (c.epochs() < leastEpochs || !std::all_of(c.train.begin(), c.train.end(), finite) ||
      !std::all_of(c.val.begin(), c.val.end(), finite))
    return list;

  if (isFlat(c)) {
    say(Symptom::Flat, format("the loss is flat from the start (%s to %s): other start values (he, "
                              "glorot), a learning rate ten "
                              "times higher, and a look at dead and saturated units",
                              shown(c.first()).c_str(), shown(c.last()).c_str()));
    return list;
  }
  if (overshoots(c)) {
    say(Symptom::RateTooHigh,
        format("the training loss jumps up again (least %s, last %s), as it does when the learning "
               "rate is too "
               "high: a rate three to ten times lower, a schedule that lowers it, or `clip norm`",
               shown(c.least()).c_str(), shown(c.last()).c_str()));
    return list;
  }
  if (turned(c)) {
    say(Symptom::Overfitting,
        format("overfitting since epoch %lld: the validation loss rose from %s to %s while the "
               "training loss went on falling: %s%s",
               c.epoch(c.bestVal()), shown(c.val[c.bestVal()]).c_str(), shown(c.val.back()).c_str(),
               lessVariance,
               record.stoppedEarly          ? "" // it has already stopped by itself
               : record.statement->has_keep ? ", or `stop when val.loss stalls`"
                                            : ", or `keep best val.loss`"));
    return list;
  }
  double width;
  if (size_t metric = widestGap(c, width)) {
    say(Symptom::Gap,
        format("a gap of %s between train and validation %s: %s", shown(width).c_str(),
               record.statement->metrics[metric - 1].name.c_str(), lessVariance));
  }
  if (record.stoppedEarly || isSolved(c) || c.epochs() < trendEpochs)
    return list;
  const std::vector<double> &judged = c.val.empty() ? c.train : c.val;
  if (crawls(c))
    say(Symptom::RateTooLow, format("the loss falls slowly and evenly (%s to %s), as it does when "
                                    "the learning rate is too low: a rate "
                                    "three to ten times higher, or more epochs",
                                    shown(c.first()).c_str(), shown(c.last()).c_str()));
  else if (c.gained(judged, 0.75) > improvingShare)
    say(Symptom::StillImproving,
        format("still improving at the end (%s lost %s %% in the last quarter): more epochs",
               c.val.empty() ? "the loss" : "val.loss",
               shown(100 * c.gained(judged, 0.75)).c_str()));
  else if (list.empty() && c.gained(c.train, 0.66) < flatShare &&
           c.last() > 0.5 * std::fabs(c.first()) && !c.val.empty() &&
           c.val.back() < (1 + risenShare) * std::fabs(c.last()))
    say(Symptom::Underfitting,
        format(
            "underfitting: the training loss levelled off at %s, more than half of its start, and "
            "there is no gap to "
            "validation: a bigger network, another optimizer or architecture, less regularisation",
            shown(c.last()).c_str()));
  return list;
}

} // namespace nnrt
