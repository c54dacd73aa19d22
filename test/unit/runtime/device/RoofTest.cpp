// Tests of the roofline's arithmetic, and that a measurement gives plausible numbers.
#include "runtime/ask.h"

#include <cmath>
#include <gtest/gtest.h>
#include <limits>

static nn_roof simpleRoof() {
  nn_roof roof{};
  roof.flops = 100;
  const double bandwidth[] = {64, 32, 16, 8},
               sizes[] = {1000, 10000, 100000, std::numeric_limits<double>::infinity()};
  for (int level = 0; level < NN_LEVELS; ++level) {
    roof.bandwidth[level] = bandwidth[level];
    roof.sizes[level] = sizes[level];
  }
  return roof;
}

TEST(Roofline, OperationsCountPerVectorInstruction) {
  nn_roof roof = simpleRoof();
  program::KernelT kernel;
  kernel.flops = {100, 50};
  kernel.others = {25, 0};
  nn_roofline line = nn_roofline_of(kernel, 4, 4, roof);
  EXPECT_DOUBLE_EQ(line.compute, (100 + 4 * 50 + 2 * 25) / 100.0);
  EXPECT_EQ(line.memory, 0);
  line = nn_roofline_of(kernel, 4, 8, roof); // half as many lanes
  EXPECT_DOUBLE_EQ(line.compute, 2 * (100 + 4 * 50 + 2 * 25) / 100.0);
}

TEST(Roofline, DataComeFromTheLevelThatStillHasThem) {
  nn_roof roof = simpleRoof();
  // 640 bytes from L1 with any batch; 32 a row from a distance of 5000 a row.
  program::KernelT kernel;
  kernel.traffic = {{{640, 0}, {1000, 0}}, {{0, 32}, {0, 5000}}};
  nn_roofline line = nn_roofline_of(kernel, 1, 4, roof);
  EXPECT_DOUBLE_EQ(line.memory, 640 / 64.0 + 32 / 32.0);
  EXPECT_EQ(line.level, NN_L1);
  line = nn_roofline_of(kernel, 20, 4, roof); // exactly as much as L3 holds
  EXPECT_DOUBLE_EQ(line.memory, 640 / 64.0 + 20 * 32 / 16.0);
  EXPECT_EQ(line.level, NN_L3);
  line = nn_roofline_of(kernel, 21, 4, roof);
  EXPECT_DOUBLE_EQ(line.memory, 640 / 64.0 + 21 * 32 / 8.0);
  EXPECT_EQ(line.level, NN_MEMORY);
}

TEST(Roof, EveryWidthOfThisMachine) {
  int measured = 0;
  for (int bytes : {16, 32, 64})
    for (int fma : {0, 1}) {
      nn_roof roof{};
      if (!nn_measure_roof(bytes, fma, roof))
        continue;
      ++measured;
      EXPECT_EQ(roof.vector_bytes, bytes);
      EXPECT_GT(roof.flops, 1e8);
      EXPECT_TRUE(std::isfinite(roof.flops));
      double least = 0;
      for (int level = 0; level < NN_LEVELS; ++level) {
        EXPECT_GT(roof.bandwidth[level], 1e7);
        EXPECT_TRUE(std::isfinite(roof.bandwidth[level]));
        EXPECT_GT(roof.sizes[level], least);
        least = roof.sizes[level];
      }
      EXPECT_TRUE(std::isinf(roof.sizes[NN_MEMORY]));
    }
  EXPECT_GE(measured, 1) << "every machine has one width at least";
  nn_roof roof{};
  EXPECT_FALSE(nn_measure_roof(24, 1, roof));
}
