// Computes grid, random and TPE proposals.
#include "runtime/experiment/proposals.h"
#include "runtime/support/indices.h"

#include "runtime/support/philox.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

static const double infinity = __builtin_inf();

std::string valueText(const VariableT &variable, double value) {
  return variable.draw == NN_DRAW_LIST ? variable.labels[int64_t(value)] : number(value);
}

Status gridPoints(const ExperimentT &experiment, int64_t trials, std::vector<Point> &points) {
  double lists = 1;
  int ranges = 0;
  for (int32_t v : indices(experiment.variables))
    if (experiment.variables[v].draw == NN_DRAW_LIST)
      lists *= int32_t(experiment.variables[v].labels.size());
    else
      ++ranges;
  if (trials > 0 && lists > double(trials))
    return Status::error(format("the grid has %s points, and `trials` is %s", number(lists).c_str(),
                                grouped(trials).c_str()));
  const double steps = !ranges ? 1
                       : trials <= 0
                           ? 3
                           : std::floor(std::pow(double(trials) / lists, 1.0 / ranges) + 1e-9);
  if (lists * std::pow(steps, ranges) > 1e6)
    return Status::error(format("the grid has %s points: too many",
                                number(lists * std::pow(steps, ranges)).c_str()));
  points.assign(1, Point());
  for (int32_t v : indices(experiment.variables)) {
    const VariableT &variable = experiment.variables[v];
    std::vector<double> values;
    if (variable.draw == NN_DRAW_LIST) {
      for (int32_t i : indices(variable.labels))
        values.push_back(i);
    } else {
      for (int i = 0; i < int(steps); ++i) {
        const double part = steps > 1 ? i / (steps - 1) : 0.5;
        double value = variable.draw == NN_DRAW_LOG_UNIFORM
                           ? variable.low * std::pow(variable.high / variable.low, part)
                           : variable.low + (variable.high - variable.low) * part;
        if (variable.draw == NN_DRAW_INTEGER)
          value = std::round(value);
        if (values.empty() || value != values.back()) // few integers
          values.push_back(value);
      }
    }
    std::vector<Point> longer;
    for (const Point &point : points)
      for (double value : values) {
        longer.push_back(point);
        longer.back().push_back(value);
      }
    points = std::move(longer);
  }
  return Status();
}

namespace {

/// Random numbers of one variable in one trial.
class Draws {
public:
  Draws(uint64_t seed, int64_t trial, int32_t variable)
      : seed(seed), trial(uint32_t(trial)), variable(uint32_t(variable)) {}
  double uniform() {
    return uniformFrom(randomWords(seed, Stream::Trial, next++, trial, variable).word[0]);
  }
  double normal() {
    double first, second;
    normalPair(randomWords(seed, Stream::Trial, next++, trial, variable), first, second);
    return first;
  }

private:
  uint64_t seed, next = 0;
  uint32_t trial, variable;
};

/// The range of a variable that is not a list, on a linear or logarithmic scale.
struct Line {
  explicit Line(const VariableT &v)
      : draw(v.draw), low(v.low), high(v.high), mean(v.low), deviation(v.high) {
    if (draw == NN_DRAW_NORMAL) {
      low = -infinity, high = infinity;
      return;
    }
    if (draw == NN_DRAW_LOG_UNIFORM)
      low = std::log(low), high = std::log(high);
    if (draw == NN_DRAW_INTEGER)
      low -= 0.5, high += 0.5;
    mean = (low + high) / 2;
    deviation = high - low;
  }
  double onLine(double value) const {
    return draw == NN_DRAW_LOG_UNIFORM ? std::log(value) : value;
  }
  double value(double x, const VariableT &v) const {
    if (draw == NN_DRAW_NORMAL)
      return x;
    double value = draw == NN_DRAW_LOG_UNIFORM ? std::exp(x)
                   : draw == NN_DRAW_INTEGER   ? std::round(x)
                                               : x;
    return std::min(std::max(value, v.low), v.high);
  }

  int32_t draw;
  double low, high;       // bounds
  double mean, deviation; // of the prior
};

/// A sum of equally weighted normal densities, one for each value seen and one for the prior,
/// truncated at the bounds.
class Parzen {
public:
  Parzen(const Line &line, std::vector<double> seen) : line(line) {
    std::sort(seen.begin(), seen.end());
    const size_t n = seen.size();
    // As wide as the gap to the farther neighbour, within limits: narrow where many values are
    // close together.
    const double widest = line.deviation, least = widest / std::min(100.0, 1 + double(n));
    for (size_t i = 0; i < n; ++i) {
      const double left = seen[i] - (i                         ? seen[i - 1]
                                     : std::isfinite(line.low) ? line.low
                                                               : line.mean - widest);
      const double right = (i + 1 < n                  ? seen[i + 1]
                            : std::isfinite(line.high) ? line.high
                                                       : line.mean + widest) -
                           seen[i];
      add(seen[i], std::min(std::max(std::max(left, right), least), widest));
    }
    add(line.mean, widest);
  }
  double density(double x) const {
    double sum = 0;
    for (const Part &part : parts) {
      const double z = (x - part.mean) / part.deviation;
      sum += std::exp(-z * z / 2) / (part.deviation * part.mass);
    }
    return sum / double(parts.size());
  }
  double draw(Draws &draws) const {
    const Part &part =
        parts[std::min(parts.size() - 1, size_t(draws.uniform() * double(parts.size())))];
    for (int attempt = 0; attempt < 100; ++attempt)
      if (double x = part.mean + part.deviation * draws.normal(); x >= line.low && x <= line.high)
        return x;
    return std::min(std::max(part.mean, line.low), line.high);
  }

private:
  struct Part {
    double mean, deviation, mass; // mass: the share between the bounds
  };
  void add(double mean, double deviation) {
    auto below = [&](double x) { return std::erfc((mean - x) / (deviation * std::sqrt(2.0))) / 2; };
    parts.push_back({mean, deviation, std::max(1e-12, below(line.high) - below(line.low))});
  }
  const Line &line;
  std::vector<Part> parts;
};

double drawFrom(const VariableT &variable, Draws &draws) {
  if (variable.draw == NN_DRAW_LIST)
    return std::min(int32_t(variable.labels.size()) - 1.0,
                    std::floor(draws.uniform() * int32_t(variable.labels.size())));
  Line line(variable);
  return line.value(variable.draw == NN_DRAW_NORMAL
                        ? line.mean + line.deviation * draws.normal()
                        : line.low + (line.high - line.low) * draws.uniform(),
                    variable);
}

double bestOfList(const VariableT &variable, const std::vector<double> &good,
                  const std::vector<double> &bad, Draws &draws) {
  // Counts, plus one of each for the prior.
  std::vector<double> l(int32_t(variable.labels.size()), 1), g(int32_t(variable.labels.size()), 1);
  for (double value : good)
    ++l[size_t(value)];
  for (double value : bad)
    ++g[size_t(value)];
  const double sum = double(good.size()) + int32_t(variable.labels.size());
  double best = 0, most = -1;
  for (int candidate = 0; candidate < 24; ++candidate) {
    double at = draws.uniform() * sum;
    int32_t i = 0;
    while (i + 1 < int32_t(variable.labels.size()) && (at -= l[i]) >= 0)
      ++i;
    if (l[i] / g[i] > most)
      most = l[i] / g[i], best = i;
  }
  return best;
}

double bestOnLine(const VariableT &variable, std::vector<double> good, std::vector<double> bad,
                  Draws &draws) {
  Line line(variable);
  for (std::vector<double> *values : {&good, &bad})
    for (double &value : *values)
      value = line.onLine(value);
  Parzen l(line, std::move(good)), g(line, std::move(bad));
  double best = line.mean, most = -1;
  for (int candidate = 0; candidate < 24; ++candidate) {
    const double x = l.draw(draws), ratio = l.density(x) / std::max(g.density(x), 1e-300);
    if (ratio > most)
      most = ratio, best = x;
  }
  return line.value(best, variable);
}

} // namespace

Point randomPoint(const ExperimentT &experiment, uint64_t seed, int64_t trial) {
  Point point;
  for (int32_t v : indices(experiment.variables)) {
    Draws draws(seed, trial, v);
    point.push_back(drawFrom(experiment.variables[v], draws));
  }
  return point;
}

Point tpePoint(const ExperimentT &experiment, const std::vector<Tried> &tried, uint64_t seed,
               int64_t trial) {
  static const size_t startup = 10;
  static const double goodShare = 0.15;
  if (tried.size() < startup)
    return randomPoint(experiment, seed, trial);
  std::vector<const Tried *> order;
  for (const Tried &t : tried)
    order.push_back(&t);
  auto loss = [](const Tried *t) { return std::isnan(t->loss) ? infinity : t->loss; };
  std::stable_sort(order.begin(), order.end(),
                   [&](const Tried *a, const Tried *b) { return loss(a) < loss(b); });
  const size_t best = size_t(std::ceil(goodShare * double(order.size())));
  Point point;
  for (int32_t v : indices(experiment.variables)) {
    std::vector<double> good, bad;
    for (size_t i = 0; i < order.size(); ++i)
      (i < best ? good : bad).push_back(order[i]->point[size_t(v)]);
    const VariableT &variable = experiment.variables[v];
    Draws draws(seed, trial, v);
    point.push_back(variable.draw == NN_DRAW_LIST
                        ? bestOfList(variable, good, bad, draws)
                        : bestOnLine(variable, std::move(good), std::move(bad), draws));
  }
  return point;
}

} // namespace nnrt
