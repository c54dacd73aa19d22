// Tests of metrics' totals, which are added up batch after batch.
#include "runtime/evaluate/metrics.h"

#include <cmath>
#include <gtest/gtest.h>

using namespace nnrt;

namespace {

/// A metric of one sum, then a spread of two elements, and another sum.
struct Measured {
  std::vector<MetricT> metrics = std::vector<MetricT>(1);
  ProgramT program;
  Engine engine{program, nullptr, 1};
  Totals totals;

  Measured() {
    metrics[0].name = "measured";
    metrics[0].total_sizes = {1, 1, 2, 2, 1};
    metrics[0].spreads = {1};
    EXPECT_FALSE(totals.prepare(engine, metrics, /*loss=*/false).failed());
  }

  /// A batch whose elements are each row's value and 10 times that.
  void add(const std::vector<double> &values) {
    double n = double(values.size()), mean = 0, squares = 0;
    for (double v : values)
      mean += v / n;
    for (double v : values)
      squares += (v - mean) * (v - mean);
    auto out = [&](int i) { return static_cast<double *>(totals.out()[i]); };
    *out(0) = n;
    *out(1) = n;
    out(2)[0] = mean, out(2)[1] = 10 * mean;
    out(3)[0] = squares, out(3)[1] = 100 * squares;
    *out(4) = 2 * n;
    totals.add(int64_t(n));
  }
  /// The sums, without the loss and the number of rows.
  std::vector<double> sums() const {
    std::vector<double> all = totals.save();
    return {all.begin() + 2, all.end()};
  }
};

} // namespace

TEST(Totals, SpreadsOfBatchesAreOne) {
  // Far from zero, where a difference of sums of squares would have no correct digit; batches of
  // different sizes.
  Measured measured;
  const double far = 1e12;
  measured.add({far + 1, far + 2, far + 3});
  measured.add({far + 10});
  measured.add({far - 4, far});
  const double values[] = {1, 2, 3, 10, -4, 0};
  double mean = 0, squares = 0;
  for (double v : values)
    mean += v / 6;
  for (double v : values)
    squares += (v - mean) * (v - mean);
  std::vector<double> sums = measured.sums();
  ASSERT_EQ(sums.size(), 7u);
  EXPECT_EQ(sums[0], 6);
  EXPECT_EQ(sums[1], 6);
  EXPECT_NEAR(sums[2] - far, mean, 1e-3);
  EXPECT_NEAR(sums[4] / squares, 1, 1e-3);
  EXPECT_NEAR(sums[5] / (100 * squares), 1, 1e-3);
  EXPECT_EQ(sums[6], 12);
}

TEST(Totals, SpreadsBeginAnew) {
  Measured measured;
  measured.add({5, 7});
  measured.totals.clear();
  measured.add({1, 1});
  std::vector<double> sums = measured.sums();
  EXPECT_EQ(sums[2], 1);
  EXPECT_EQ(sums[4], 0);
}

TEST(Totals, SpreadsAreRestored) {
  Measured whole, first, second;
  whole.add({1, 2, 3});
  whole.add({7});
  first.add({1, 2, 3});
  ASSERT_TRUE(second.totals.restore(first.totals.save()));
  second.add({7});
  EXPECT_EQ(second.sums(), whole.sums());
}
