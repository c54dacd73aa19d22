// Computes curves of classes from all scores of an evaluation.
#include "runtime/evaluate/class_curves.h"

#include "runtime/support/status.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace nnrt {

static const int64_t mostClasses = 100; // of the table
static const int64_t mostDrawn = 8;     // a plot with more curves cannot be read
static const size_t bins = 10;
static const double step = 1.0 / 150; // between points of a curve

using Curves = EvaluateRecord::ClassCurves;

namespace {
/// A score, and whether its class is the true one.
struct Scored {
  float score;
  bool right;
};
} // namespace

/// The areas, and the curves if they are drawn. Rows with the same score make one point.
static void measure(std::vector<Scored> &all, bool drawn, Curves &curves) {
  std::sort(all.begin(), all.end(),
            [](const Scored &a, const Scored &b) { return a.score > b.score; });
  const double positives =
                   double(std::count_if(all.begin(), all.end(), [](Scored s) { return s.right; })),
               negatives = double(all.size()) - positives;
  if (positives == 0 || negatives == 0) {
    curves.area = NAN;
    curves.precision = positives == 0 ? NAN : 1;
    return;
  }
  auto add = [&](std::vector<std::pair<double, double>> &points, double x, double y, bool last) {
    if (!drawn)
      return;
    if (last || points.empty() || std::fabs(points.back().first - x) >= step ||
        std::fabs(points.back().second - y) >= step)
      points.emplace_back(x, y);
  };
  add(curves.roc, 0, 0, false);
  double hits = 0, alarms = 0;
  for (size_t from = 0, to; from < all.size(); from = to) {
    double right = 0;
    for (to = from; to < all.size() && all[to].score == all[from].score; ++to)
      right += all[to].right;
    const double wrong = double(to - from) - right;
    curves.area += wrong * (hits + right / 2);
    hits += right;
    alarms += wrong;
    const double precision = hits / (hits + alarms);
    curves.precision += right * precision;
    add(curves.roc, alarms / negatives, hits / positives, to == all.size());
    if (right > 0 || to == all.size())
      add(curves.recall, hits / positives, precision, to == all.size());
  }
  curves.area /= positives * negatives;
  curves.precision /= positives;
}

/// Puts rows together by the probability of what was predicted.
static void calibrate(const ClassScores &of, EvaluateRecord &record) {
  std::vector<EvaluateRecord::Calibration> parts(bins);
  for (size_t r = 0; r < of.truth.size(); ++r) {
    const float *p = of.scores.data() + r * size_t(of.classes),
                *best = std::max_element(p, p + of.classes);
    const bool right = of.classes == 1 ? of.truth[r] == 1 : best - p == of.truth[r];
    const size_t part = std::min(bins - 1, size_t(double(*best) * double(bins)));
    parts[part].probability += double(*best);
    parts[part].share += right;
    ++parts[part].rows;
  }
  for (EvaluateRecord::Calibration &part : parts) {
    if (part.rows == 0)
      continue;
    record.calibrationError += std::fabs(part.probability - part.share) / double(of.truth.size());
    part.probability /= double(part.rows);
    part.share /= double(part.rows);
    record.calibration.push_back(part);
  }
}

static std::string nameOf(const EvaluateRecord &record, int64_t k) {
  return size_t(k) < record.classes.size() ? record.classes[size_t(k)] : std::to_string(k);
}

NN_PART(class_curves);

void findClassCurves(const ClassScores &of, EvaluateRecord &record) {
  const size_t rows = of.truth.size(), classes = size_t(of.classes);
  if (rows == 0 ||
      std::any_of(of.scores.begin(), of.scores.end(), [](float s) { return !std::isfinite(s); }))
    return;
  std::vector<Scored> scored;
  for (int64_t k = 0; k < of.classes && of.classes <= mostClasses; ++k) {
    // A single score is that of class 1.
    const int64_t number = of.classes == 1 ? 1 : k;
    Curves curves;
    curves.name = nameOf(record, number);
    scored.clear();
    for (size_t r = 0; r < rows; ++r) {
      const float *p = of.scores.data() + r * classes;
      const bool is = of.truth[r] == number;
      const bool said =
          of.classes == 1 ? p[0] > of.limit : std::max_element(p, p + classes) - p == k;
      curves.rows += is;
      curves.predicted += said;
      curves.right += is && said;
      scored.push_back({p[k], is});
    }
    measure(scored, of.classes <= mostDrawn, curves);
    record.classCurves.push_back(std::move(curves));
  }
  if (of.classes > mostDrawn) {
    Curves all;
    all.name = "all classes together";
    scored.clear();
    for (size_t i = 0; i < of.scores.size(); ++i)
      scored.push_back({of.scores[i], int64_t(i % classes) == of.truth[i / classes]});
    measure(scored, true, all);
    record.classCurves.push_back(std::move(all));
  }
  if (of.probabilities)
    calibrate(of, record);
}

} // namespace nnrt
