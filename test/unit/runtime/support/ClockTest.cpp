// Tests of the start of the process and of the observer of stages.
#include "runtime/support/clock.h"

#include "gtest/gtest.h"

#include <string>
#include <vector>

using namespace nnrt;

TEST(Clock, TheProcessBeganShortlyBeforeNow) {
  const double start = nn_process_start();
  EXPECT_LT(start, now());
  EXPECT_GT(start, now() - 600); // this executable takes only seconds
  EXPECT_EQ(start, nn_process_start());
}

TEST(Clock, ObserverIsToldOfStages) {
  std::vector<std::string> stages;
  nn_observe(
      [](void *data, const char *stage, double begin, double end) {
        EXPECT_LT(begin, end);
        static_cast<std::vector<std::string> *>(data)->push_back(stage);
      },
      &stages);
  observed("load d", now() - 0.5);
  nn_observe(nullptr, nullptr);
  observed("nobody", now() - 0.5);
  EXPECT_EQ(stages, std::vector<std::string>{"load d"});
}
