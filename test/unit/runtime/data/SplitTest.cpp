// Tests that splits are exact, disjoint, deterministic and keep strata in proportion, and that
// statistics come from the given rows alone.
#include "runtime/data/split.h"
#include "runtime/data/dataset.h"
#include "test/unit/runtime/LinearProgram.h"

#include <algorithm>
#include <set>

using namespace nnrt;

namespace {
struct Splits {
  SplitSizes sizes{};
  std::vector<int64_t> parts[3];
  Status status;

  Splits(int64_t rows, double train, double val, double test, uint64_t seed = 0,
         std::vector<int32_t> strata = {}, int folds = 0) {
    nnrt_test::LinearProgram program;
    Engine engine(*program.finish(), program.functions(), 1);
    DataT data;
    data.has_split = true;
    data.folds = folds;
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
  EXPECT_EQ(Splits(100, 0.9, 0.2, 0).status.message(),
            "split: train, val and test ask for 110 rows of 100");
  EXPECT_EQ(Splits(3, 0.9, 0.1, 0.0).status.failed(), true);
  EXPECT_EQ(Splits(10, 0, 0.5, 0.5).status.message(),
            "split: nothing is left for the training split");
}

TEST(Split, MistakesOfFolds) {
  EXPECT_EQ(Splits(4, -1, 0, 0, 0, {}, 5).status.message(),
            "split: 5 folds need at least as many rows, there are 4");
  EXPECT_EQ(Splits(10, -1, 0, 0.6, 0, {}, 5).status.message(),
            "split: 5 folds need at least as many rows, there are 4");
  Splits fits(5, -1, 0, 0, 0, {}, 5);
  EXPECT_FALSE(fits.status.failed());
  EXPECT_EQ(fits.sizes.val, 1);
}

TEST(Split, FoldsAreDisjointAndCoverTheRows) {
  for (bool stratified : {false, true}) {
    std::vector<int32_t> strata;
    for (int i = 0; stratified && i < 103; ++i)
      strata.push_back(i % 3 == 0);
    std::vector<int64_t> validated, test;
    for (int fold = 0; fold < 4; ++fold) {
      std::vector<int64_t> parts[3];
      foldRows(103, 20, 4, fold, strata, 9, parts);
      for (const auto &part : parts)
        EXPECT_TRUE(std::is_sorted(part.begin(), part.end()));
      EXPECT_EQ(parts[NN_SPLIT_VAL].size(), fold < 3 ? 21u : 20u); // 83 rows in four folds
      std::vector<int64_t> all = parts[0];
      all.insert(all.end(), parts[1].begin(), parts[1].end());
      all.insert(all.end(), parts[2].begin(), parts[2].end());
      EXPECT_EQ(all.size(), 103u);
      EXPECT_EQ(std::set<int64_t>(all.begin(), all.end()).size(), 103u);
      if (fold) {
        EXPECT_EQ(parts[NN_SPLIT_TEST], test); // the same for all
      }
      test = parts[NN_SPLIT_TEST];
      validated.insert(validated.end(), parts[NN_SPLIT_VAL].begin(), parts[NN_SPLIT_VAL].end());
    }
    EXPECT_EQ(validated.size(), 83u);
    EXPECT_EQ(std::set<int64_t>(validated.begin(), validated.end()).size(), 83u);
  }
}

TEST(Split, FoldsKeepStrataBalanced) {
  std::vector<int32_t> strata;
  const int sizes[] = {50, 3, 41, 7, 333}; // one class has fewer rows than there are folds
  for (int c = 0; c < 5; ++c)
    strata.insert(strata.end(), sizes[c], c);
  for (int fold = 0; fold < 5; ++fold) {
    std::vector<int64_t> parts[3];
    foldRows(int64_t(strata.size()), 0, 5, fold, strata, 3, parts);
    for (int c = 0; c < 5; ++c) {
      auto in = [&](int part) {
        return std::count_if(parts[part].begin(), parts[part].end(),
                             [&](int64_t row) { return strata[row] == c; });
      };
      EXPECT_NEAR(double(in(NN_SPLIT_VAL)), sizes[c] / 5.0, 1.0) << fold << " " << c;
      EXPECT_GT(in(NN_SPLIT_TRAIN), 0) << fold << " " << c;
    }
  }
}

TEST(Split, FoldsDependOnTheSeedAlone) {
  std::vector<int64_t> one[3], again[3], other[3];
  foldRows(50, 0, 5, 2, {}, 1, one);
  foldRows(50, 0, 5, 2, {}, 1, again);
  foldRows(50, 0, 5, 2, {}, 2, other);
  EXPECT_EQ(one[1], again[1]);
  EXPECT_NE(one[1], other[1]);
}

TEST(Split, EveryClassIsTrained) {
  for (uint64_t seed = 0; seed < 20; ++seed) { // one class of one row, one of two
    std::vector<int32_t> strata(40, 1);
    strata[7] = 0;
    strata[21] = strata[30] = 2;
    Splits s(40, 0.4, 0.3, 0.3, seed, strata);
    EXPECT_EQ(s.parts[0].size(), 16u);
    EXPECT_EQ(s.parts[1].size(), 12u);
    for (int c = 0; c < 3; ++c)
      EXPECT_TRUE(std::any_of(s.parts[0].begin(), s.parts[0].end(), [&](int64_t row) {
        return strata[row] == c;
      })) << seed;
    std::set<int64_t> all;
    for (const auto &part : s.parts)
      all.insert(part.begin(), part.end());
    EXPECT_EQ(all.size(), 40u);
  }
}

TEST(Split, StrataAreClasses) {
  std::vector<double> values = {5, 2, 5, 2, 9, 5};
  std::vector<int32_t> strata;
  EXPECT_FALSE(strataOf({values.data(), true}, 6, 1, "y", strata).failed());
  EXPECT_EQ(strata, (std::vector<int32_t>{1, 0, 1, 0, 2, 1}));
  std::vector<double> oneHot = {0, 1, 1, 0, 0, 1, 1, 0};
  EXPECT_FALSE(strataOf({oneHot.data(), true}, 4, 2, "y", strata).failed());
  EXPECT_EQ(strata, (std::vector<int32_t>{0, 1, 0, 1}));
  std::vector<double> prices = {1, 2, 3, 4, 5, 5};
  EXPECT_EQ(strataOf({prices.data(), true}, 6, 1, "price", strata).message(),
            "split: `stratify = price` finds 5 different values in 6 rows, but it needs classes");
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
      auto count = std::count_if(s.parts[p].begin(), s.parts[p].end(),
                                 [&](int64_t row) { return strata[row] == c; });
      EXPECT_NEAR(double(count), shares[p] * sizes[c], 1.5) << p << " " << c;
    }
}

TEST(Normalize, StatisticsOfTheGivenRowsAlone) {
  std::vector<double> values = {1,    10,  3, 10,
                                1000, 1000}; // rows of two elements; the last is not in the split
  Statistics s = fieldStatistics(values.data(), 2, 0, {0, 1});
  EXPECT_EQ(s.mean, (std::vector<double>{2, 10}));
  EXPECT_EQ(s.deviation, (std::vector<double>{1, 1})); // constant: divided by 1
  normalizeRows(values.data(), 2, s, 3, {values.data(), true});
  EXPECT_EQ(values, (std::vector<double>{-1, 0, 1, 0, 998, 990}));
}

TEST(Normalize, PerChannel) {
  std::vector<double> values = {1, 3, 5, 5, 1, 3, 5, 5}; // two rows of two channels of two
  Statistics s = fieldStatistics(values.data(), 4, 2, {0, 1});
  EXPECT_EQ(s.mean, (std::vector<double>{2, 5}));
  EXPECT_EQ(s.deviation, (std::vector<double>{1, 1}));
}

TEST(Normalize, ConstantColumnsThatAreNotRepresentable) {
  std::vector<double> values(1000, 0.1);
  std::vector<int64_t> rows;
  for (int i = 0; i < 1000; ++i)
    rows.push_back(i);
  EXPECT_EQ(fieldStatistics(values.data(), 1, 0, rows).deviation[0], 1);
}
