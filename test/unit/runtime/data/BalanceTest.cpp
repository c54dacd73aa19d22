// Tests of classes of unequal size: weights by the formula, epochs with equal shares.
#include "runtime/data/balance.h"
#include "test/unit/runtime/LinearProgram.h"

#include <algorithm>

using namespace nnrt;

TEST(Balance, WeightsAreNOverKTimesTheClass) {
  std::vector<double> y = {0, 0, 0, 0, 0, 0, 2, 2, 5, 2}; // the last row is not in the training
                                                          // split
  EXPECT_EQ(weighClasses({y.data(), true}, 10, {0, 1, 2, 3, 4, 5, 6, 7, 8}), -1);
  const double zero = 9.0 / (3 * 6), two = 9.0 / (3 * 2), five = 9.0 / 3;
  EXPECT_EQ(y, (std::vector<double>{zero, zero, zero, zero, zero, zero, two, two, five, two}));
}

TEST(Balance, AClassWithoutTrainingRowsHasNoWeight) {
  std::vector<double> y = {0, 1, 3};
  EXPECT_EQ(weighClasses({y.data(), true}, 3, {0, 1}), 2);
  EXPECT_EQ(y, (std::vector<double>{0, 1, 3}));
}

TEST(Balance, ClassesComeEquallyOften) {
  std::vector<double> y(100, 0);
  y[3] = y[50] = 1;
  y[99] = 7;
  std::vector<int64_t> train;
  for (int64_t i = 0; i < 100; i += (i == 3 ? 2 : 1)) // not row 4
    train.push_back(i);
  const auto classes = rowsOfClasses({y.data(), true}, train);
  ASSERT_EQ(classes.size(), 3u);
  EXPECT_EQ(classes[1], (std::vector<int64_t>{3, 50}));
  std::vector<int64_t> first(99), again(99), other(99);
  drawBalanced(classes, 1, 0, 5, first);
  drawBalanced(classes, 1, 0, 5, again);
  drawBalanced(classes, 1, 0, 6, other);
  EXPECT_EQ(first, again);
  EXPECT_NE(first, other);
  auto count = [&](double value) {
    return std::count_if(first.begin(), first.end(), [&](int64_t row) { return y[row] == value; });
  };
  EXPECT_EQ(count(0), 33);
  EXPECT_EQ(count(1), 33);
  EXPECT_EQ(count(7), 33);
  EXPECT_GT(std::count(first.begin(), first.end(), 3), 5); // both rows of the class
  EXPECT_GT(std::count(first.begin(), first.end(), 50), 5);
  EXPECT_EQ(std::count(first.begin(), first.end(), 4), 0);
}
