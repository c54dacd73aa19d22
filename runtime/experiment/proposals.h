// The points that an experiment tries next: all points of a grid, random points, or points that
// resemble the good ones (TPE). Everything is a function of the seed, the trial's number and the
// results before it.
#pragma once

#include "runtime/schema/program.h"
#include "runtime/support/status.h"

#include <cstdint>
#include <string>
#include <vector>

namespace nnrt {

/// A number for each variable: the index of the value for NN_DRAW_LIST, the value itself for all
/// others.
using Point = std::vector<double>;

struct Tried {
  Point point;
  double loss; // the goal, turned so that less is better; NaN: the trial failed
};

/// Every combination of values, the last variable changing fastest. Ranges are cut into equal steps
/// (of the logarithm, where they are logarithmic), as many as `trials` points allow; 0: three of
/// each. Fails if the lists alone have more combinations than `trials`.
Status gridPoints(const ExperimentT &experiment, int64_t trials, std::vector<Point> &points);

/// Each variable drawn from its distribution.
Point randomPoint(const ExperimentT &experiment, uint64_t seed, int64_t trial);

/// Tree-structured Parzen estimator (Bergstra, Bardenet, Bengio and Kégl, "Algorithms for
/// Hyper-Parameter Optimization", NIPS 2011): for each variable, l is the density of its values in
/// the best 15 % of `tried`, g that in the others; of 24 draws from l the one with the largest l /
/// g is taken. The first ten trials are random.
Point tpePoint(const ExperimentT &experiment, const std::vector<Tried> &tried, uint64_t seed,
               int64_t trial);

/// A value as messages show it: "relu", "0.01".
std::string valueText(const VariableT &variable, double value);

} // namespace nnrt
