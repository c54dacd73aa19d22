// Tests of the exchange between the processes of a run.
#include "runtime/device/exchange.h"
#include "gtest/gtest.h"

using namespace nnrt;

TEST(Exchange, OfOneProcessChangesNothing) {
  SingleProcess single;
  Exchange &exchange = single;
  EXPECT_EQ(exchange.rank(), 0);
  EXPECT_EQ(exchange.size(), 1);
  float values[] = {1.5f, -2};
  EXPECT_FALSE(exchange.add({values, false}, 2).failed());
  EXPECT_EQ(values[0], 1.5f);
  EXPECT_EQ(values[1], -2);
}
