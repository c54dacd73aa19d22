// Tests that grids are complete, that draws stay in their bounds, and that TPE finds a valley with
// fewer trials than random search.
#include "runtime/experiment/proposals.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>

using namespace nnrt;

namespace {
struct Space {
  ExperimentT experiment;

  Space &list(int count) {
    VariableT v;
    v.name = "list";
    v.draw = NN_DRAW_LIST;
    for (int i = 0; i < count; ++i)
      v.labels.push_back(std::string(1, char('a' + i)));
    return add(v);
  }
  Space &range(draw draw, double low, double high) {
    VariableT v;
    v.name = "range";
    v.draw = draw;
    v.low = low;
    v.high = high;
    return add(v);
  }
  Space &add(const VariableT &v) {
    experiment.variables.push_back(v);
    return *this;
  }
};
} // namespace

TEST(Proposals, gridHasEveryCombinationTheLastVariableFastest) {
  Space space;
  space.list(2).list(3);
  std::vector<Point> points;
  ASSERT_FALSE(gridPoints(space.experiment, 0, points).failed());
  EXPECT_EQ(points, (std::vector<Point>{{0, 0}, {0, 1}, {0, 2}, {1, 0}, {1, 1}, {1, 2}}));
}

TEST(Proposals, gridCutsRanges) {
  Space space;
  space.list(2).range(NN_DRAW_LOG_UNIFORM, 1e-4, 1).range(NN_DRAW_INTEGER, 1, 2);
  std::vector<Point> points;
  ASSERT_FALSE(gridPoints(space.experiment, 0, points).failed());
  ASSERT_EQ(points.size(), 12u); // 2 · 3 · 2: there are only two integers
  EXPECT_NEAR(points[2][1], 1e-2, 1e-12);
  ASSERT_FALSE(gridPoints(space.experiment, 8, points).failed());
  EXPECT_EQ(points.size(), 8u);
  EXPECT_EQ(gridPoints(space.experiment, 1, points).message(),
            "the grid has 2 points, and `trials` is 1");
}

TEST(Proposals, drawsStayInTheirBounds) {
  Space space;
  space.list(4)
      .range(NN_DRAW_UNIFORM, -1, 2)
      .range(NN_DRAW_LOG_UNIFORM, 1e-3, 10)
      .range(NN_DRAW_INTEGER, 3, 5)
      .range(NN_DRAW_NORMAL, 7, 2);
  std::vector<Tried> tried;
  double mean = 0, logs = 0;
  int seen[4] = {};
  const int trials = 2000;
  for (int64_t t = 0; t < trials; ++t) {
    for (bool tpe : {false, true}) {
      if (tpe && t >= 60)
        continue;
      Point p = tpe ? tpePoint(space.experiment, tried, 1, t) : randomPoint(space.experiment, 1, t);
      ASSERT_EQ(p.size(), 5u);
      EXPECT_TRUE(p[0] >= 0 && p[0] <= 3 && p[0] == std::floor(p[0])) << p[0];
      EXPECT_TRUE(p[1] >= -1 && p[1] <= 2) << p[1];
      EXPECT_TRUE(p[2] >= 1e-3 && p[2] <= 10) << p[2];
      EXPECT_TRUE(p[3] >= 3 && p[3] <= 5 && p[3] == std::floor(p[3])) << p[3];
      if (tpe) {
        tried.push_back({p, t % 7 == 3 ? NAN : p[1] * p[1]}); // some trials fail
        continue;
      }
      ++seen[int(p[0])];
      mean += p[4] / trials;
      logs += std::log10(p[2]) / trials;
    }
  }
  for (int count : seen)
    EXPECT_NEAR(count, trials / 4, 100);
  EXPECT_NEAR(mean, 7, 0.2);
  EXPECT_NEAR(logs, -1, 0.1); // halfway between 1e-3 and 10
}

TEST(Proposals, areAFunctionOfTheSeed) {
  Space space;
  space.range(NN_DRAW_UNIFORM, 0, 1);
  EXPECT_EQ(randomPoint(space.experiment, 1, 5), randomPoint(space.experiment, 1, 5));
  EXPECT_NE(randomPoint(space.experiment, 1, 5), randomPoint(space.experiment, 2, 5));
  EXPECT_NE(randomPoint(space.experiment, 1, 5), randomPoint(space.experiment, 1, 6));
}

TEST(Proposals, tpeFindsAValleySoonerThanChance) {
  Space space;
  space.list(4).range(NN_DRAW_LOG_UNIFORM, 1e-5, 1).range(NN_DRAW_UNIFORM, 0, 1);
  auto loss = [](const Point &p) {
    return (p[0] == 2 ? 0 : 0.5) + std::pow(std::log10(p[1]) + 2, 2) + 4 * std::pow(p[2] - 0.3, 2);
  };
  const int seeds = 40, trials = 40;
  int better = 0;
  for (uint64_t seed = 0; seed < seeds; ++seed) {
    double best[2] = {1e9, 1e9};
    std::vector<Tried> tried;
    for (int64_t t = 0; t < trials; ++t) {
      best[0] = std::min(best[0], loss(randomPoint(space.experiment, seed, t)));
      Point p = tpePoint(space.experiment, tried, seed, t);
      tried.push_back({p, loss(p)});
      best[1] = std::min(best[1], loss(p));
    }
    better += best[1] < best[0];
  }
  EXPECT_GE(better, seeds * 3 / 4);
}
