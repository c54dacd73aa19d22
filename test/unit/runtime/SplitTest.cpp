// Splits are exact, disjoint, deterministic and keep strata in proportion; statistics come from given rows alone.
#include "LinearProgram.h"
#include "runtime/dataset.h"

#include <algorithm>
#include <set>

using namespace nnrt;

namespace {
struct Splits {
  SplitSizes sizes{};
  std::vector<int64_t> parts[3];
  Status status;

  Splits(int64_t rows, double train, double val, double test, uint64_t seed = 0, std::vector<int32_t> strata = {},
         int folds = 0) {
    nnrt_test::LinearProgram program;
    nn_program *tables = program.finish();
    static const nn_number constant = {0, -1};
    Engine engine(*tables, 1);
    nn_data data{};
    data.has_split = 1;
    data.folds = folds;
    data.train = data.val = data.test_part = constant;
    data.train.value = train;
    data.val.value = val;
    data.test_part.value = test;
    status = splitSizes(data, engine, rows, sizes);
    if (!status.failed())
      splitRows(rows, sizes, strata, seed, parts);
  }
};
} // namespace

TEST(Split, SizesAreExact) {
  Splits iris(150, 0.7, 0.15, 0.15);
  EXPECT_EQ(iris.sizes.train, 105);
  EXPECT_EQ(iris.sizes.val, 22);
  EXPECT_EQ(iris.sizes.test, 23); // the later of two equal remainders gets the row
  Splits third(100, 1 / 3.0, 1 / 3.0, 1 / 3.0);
  EXPECT_EQ(third.sizes.train + third.sizes.val + third.sizes.test, 100);
  Splits counts(100, 60, 15, 25);
  EXPECT_EQ(counts.sizes.val, 15);
  Splits rest(101, -1, 0.1, 20);
  EXPECT_EQ(rest.sizes.val, 10);
  EXPECT_EQ(rest.sizes.test, 20);
  EXPECT_EQ(rest.sizes.train, 71);
  Splits mnist(60000, 0.9, 0.1, 0);
  EXPECT_EQ(mnist.sizes.train, 54000);
  EXPECT_EQ(mnist.sizes.val, 6000);
  Splits some(100, 0.5, 0.2, 0);
  EXPECT_EQ(some.sizes.train, 50);
  Splits folds(100, -1, 0, 0.2, 0, {}, 5);
  EXPECT_EQ(folds.sizes.val, 16);
  EXPECT_EQ(folds.sizes.train, 64);
}

TEST(Split, Mistakes) {
  EXPECT_EQ(Splits(100, 0.9, 0.2, 0).status.message(), "split: train, val and test ask for 110 rows of 100");
  EXPECT_EQ(Splits(3, 0.9, 0.1, 0.0).status.failed(), true);
  EXPECT_EQ(Splits(10, 0, 0.5, 0.5).status.message(), "split: nothing is left for the training split");
}

TEST(Split, PartitionsTheRows) {
  Splits s(1000, 0.6, 0.2, 0.2, 5);
  std::set<int64_t> all;
  for (const auto &part : s.parts) {
    EXPECT_TRUE(std::is_sorted(part.begin(), part.end()));
    all.insert(part.begin(), part.end());
  }
  EXPECT_EQ(all.size(), 1000u);
  EXPECT_EQ(s.parts[0].size() + s.parts[1].size() + s.parts[2].size(), 1000u);
}

TEST(Split, DependsOnTheSeedAlone) {
  EXPECT_EQ(Splits(100, 0.6, 0.2, 0.2, 5).parts[2], Splits(100, 0.6, 0.2, 0.2, 5).parts[2]);
  EXPECT_NE(Splits(100, 0.6, 0.2, 0.2, 5).parts[2], Splits(100, 0.6, 0.2, 0.2, 6).parts[2]);
}

TEST(Split, StrataKeepTheirShares) {
  std::vector<int32_t> strata;
  const int sizes[] = {50, 50, 50, 7, 333};
  for (int c = 0; c < 5; ++c)
    strata.insert(strata.end(), sizes[c], c);
  Splits s(int64_t(strata.size()), 0.7, 0.15, 0.15, 3, strata);
  EXPECT_EQ(int64_t(s.parts[0].size()), s.sizes.train);
  EXPECT_EQ(int64_t(s.parts[1].size()), s.sizes.val);
  EXPECT_EQ(int64_t(s.parts[2].size()), s.sizes.test);
  const double shares[] = {0.7, 0.15, 0.15};
  for (int p = 0; p < 3; ++p)
    for (int c = 0; c < 5; ++c) {
      auto count = std::count_if(s.parts[p].begin(), s.parts[p].end(), [&](int64_t row) { return strata[row] == c; });
      EXPECT_NEAR(double(count), shares[p] * sizes[c], 1.5) << p << " " << c;
    }
}

TEST(Normalize, StatisticsOfTheGivenRowsAlone) {
  std::vector<double> values = {1, 10, 3, 10, 1000, 1000}; // rows of two elements; the last is not in the split
  Statistics s = fieldStatistics({values.data(), true}, 2, 0, {0, 1});
  EXPECT_EQ(s.mean, (std::vector<double>{2, 10}));
  EXPECT_EQ(s.deviation, (std::vector<double>{1, 1})); // constant: divided by 1
  normalizeRows({values.data(), true}, 2, s, 3);
  EXPECT_EQ(values, (std::vector<double>{-1, 0, 1, 0, 998, 990}));
}

TEST(Normalize, PerChannel) {
  std::vector<float> values = {1, 3, 5, 5, 1, 3, 5, 5}; // two rows of two channels of two
  Statistics s = fieldStatistics({values.data(), false}, 4, 2, {0, 1});
  EXPECT_EQ(s.mean, (std::vector<double>{2, 5}));
  EXPECT_EQ(s.deviation, (std::vector<double>{1, 1}));
}

TEST(Normalize, ConstantColumnsThatAreNotRepresentable) {
  std::vector<float> values(1000, 0.1f);
  std::vector<int64_t> rows;
  for (int i = 0; i < 1000; ++i)
    rows.push_back(i);
  EXPECT_EQ(fieldStatistics({values.data(), false}, 1, 0, rows).deviation[0], 1);
}
