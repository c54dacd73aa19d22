// Compares Philox4x32-10 with the known answers of its authors, and tests shuffles made from it.
#include "runtime/support/philox.h"
#include "runtime/support/shuffle.h"

#include <gtest/gtest.h>

#include <algorithm>

using namespace nnrt;

TEST(Philox, KnownAnswers) {
  Philox zero = philox(0, 0, 0, 0, 0, 0);
  EXPECT_EQ(zero.word[0], 0x6627e8d5u);
  EXPECT_EQ(zero.word[1], 0xe169c58du);
  EXPECT_EQ(zero.word[2], 0xbc57ac4cu);
  EXPECT_EQ(zero.word[3], 0x9b00dbd8u);
  Philox pi = philox(0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344, 0xa4093822, 0x299f31d0);
  EXPECT_EQ(pi.word[0], 0xd16cfe09u);
  EXPECT_EQ(pi.word[1], 0x94fdccebu);
  EXPECT_EQ(pi.word[2], 0x5001e420u);
  EXPECT_EQ(pi.word[3], 0x24126ea1u);
}

TEST(Philox, NormalNumbersHaveMeanZeroAndDeviationOne) {
  double sum = 0, squares = 0;
  const int n = 20000;
  for (int i = 0; i < n; i += 2) {
    double a, b;
    normalPair(randomWords(7, Stream::Generator, i), a, b);
    sum += a + b;
    squares += a * a + b * b;
  }
  EXPECT_NEAR(sum / n, 0, 0.03);
  EXPECT_NEAR(squares / n, 1, 0.05);
}

TEST(Shuffle, IsAPermutationThatDependsOnItsKey) {
  std::vector<int64_t> items(1001);
  for (size_t i = 0; i < items.size(); ++i)
    items[i] = int64_t(i);
  std::vector<int64_t> a = items, b = items, c = items;
  shuffle(a, 1, Stream::Shuffle, 0, 3);
  shuffle(b, 1, Stream::Shuffle, 0, 3);
  shuffle(c, 1, Stream::Shuffle, 0, 4);
  EXPECT_EQ(a, b);
  EXPECT_NE(a, c);
  EXPECT_NE(a, items);
  std::sort(a.begin(), a.end());
  EXPECT_EQ(a, items);
}

TEST(Shuffle, EachPositionIsEquallyLikely) {
  // 4 items, 24 orders: 24,000 shuffles should give about 1,000 of each.
  int counts[256] = {};
  for (uint32_t epoch = 0; epoch < 24000; ++epoch) {
    std::vector<int64_t> items = {0, 1, 2, 3};
    shuffle(items, 0, Stream::Shuffle, 0, epoch);
    ++counts[items[0] | items[1] << 2 | items[2] << 4 | items[3] << 6];
  }
  for (int count : counts)
    if (count) {
      EXPECT_NEAR(count, 1000, 150);
    }
}
