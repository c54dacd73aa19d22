// Tests of worker threads: every thread takes part, barriers work, and so do small and many jobs.
#include "runtime/device/pool.h"

#include <gtest/gtest.h>

#include <unistd.h>
#include <vector>

using namespace nnrt;

namespace {
struct Shared {
  Pool *pool;
  std::vector<int> stage;
  int rounds;
  std::atomic<int> mistakes{0};
};

void work(void *data, int32_t thread, int32_t threads) {
  Shared &shared = *static_cast<Shared *>(data);
  for (int round = 0; round < shared.rounds; ++round) {
    shared.stage[thread] = round;
    if (threads > 1)
      Pool::barrier(shared.pool);
    for (int other = 0; other < threads; ++other)
      if (shared.stage[other] != round)
        ++shared.mistakes;
    if (threads > 1)
      Pool::barrier(shared.pool);
  }
}
} // namespace

class PoolOf : public testing::TestWithParam<int> {};

TEST_P(PoolOf, ThreadsMeetAtBarriers) {
  Pool pool(GetParam());
  EXPECT_EQ(pool.size(), GetParam());
  Shared shared{&pool, std::vector<int>(GetParam(), -1), 200};
  pool.run(work, &shared, GetParam());
  EXPECT_EQ(shared.mistakes, 0);
}

TEST_P(PoolOf, ManyShortJobsOnChangingNumbersOfThreads) {
  Pool pool(GetParam());
  for (int i = 0; i < 500; ++i) {
    int threads = 1 + i % GetParam();
    Shared shared{&pool, std::vector<int>(threads, -1), 1};
    pool.run(work, &shared, threads);
    EXPECT_EQ(shared.mistakes, 0);
    for (int stage : shared.stage)
      EXPECT_EQ(stage, 0);
  }
}

TEST_P(PoolOf, WakesAfterSleep) {
  Pool pool(GetParam());
  for (int i = 0; i < 3; ++i) {
    usleep(3000); // longer than workers spin
    Shared shared{&pool, std::vector<int>(GetParam(), -1), 2};
    pool.run(work, &shared, GetParam());
    EXPECT_EQ(shared.mistakes, 0);
  }
}

INSTANTIATE_TEST_SUITE_P(Threads, PoolOf, testing::Values(1, 2, 3, 7));

TEST(FlushDenormals, OnlyWhileItLives) {
  volatile float tiny = 1e-38f, factor = 1e-3f;
  {
    FlushDenormals flush;
    EXPECT_EQ(tiny * factor, 0.0f);
  }
  EXPECT_NE(tiny * factor, 0.0f);
}
