// Tests of Timeline, which adds up the times of stages for --timing.
#include "compiler/driver/Timeline.h"

#include "gtest/gtest.h"

using namespace nnc;

static std::string printed(const Timeline &timeline, double begin, double end) {
  std::string text;
  llvm::raw_string_ostream os(text);
  timeline.print(os, begin, end, "in all");
  return text;
}

TEST(Timeline, CountsPartsOnce) {
  Timeline timeline;
  timeline.add("check", 10.1, 10.2);
  timeline.add("inner", 10.32, 10.33); // a stage ends before the one that contains it
  timeline.add("middle", 10.3, 10.35);
  timeline.add("generate", 10.3, 10.4);
  EXPECT_EQ(printed(timeline, 10, 11), "    100.0 ms   10.0 %  check\n"
                                       "    100.0 ms   10.0 %  generate\n"
                                       "     50.0 ms    5.0 %    middle\n"
                                       "     10.0 ms    1.0 %      inner\n"
                                       "    800.0 ms   80.0 %  everything else\n"
                                       "   1000.0 ms  100.0 %  in all\n");
}

TEST(Timeline, OtherThreadsAndWhatComesLaterAreNotPartOfTheTotal) {
  Timeline timeline;
  timeline.add("step", 1, 1.5);
  std::thread([&] {
    timeline.add("lower", 0.5, 0.6);
    timeline.add("compile", 0.5, 0.75);
  }).join();
  timeline.add("late", 2.25, 2.5);
  EXPECT_EQ(printed(timeline, 0, 2), "    500.0 ms   25.0 %  step\n"
                                     "   1500.0 ms   75.0 %  everything else\n"
                                     "   2000.0 ms  100.0 %  in all\n"
                                     "meanwhile, on other threads:\n"
                                     "    250.0 ms  compile\n"
                                     "    100.0 ms    lower\n"
                                     "afterwards:\n"
                                     "    250.0 ms  late\n");
}

TEST(Timeline, MeasuresAndReturns) {
  Timeline timeline;
  const double before = Timeline::now();
  EXPECT_EQ(timeline.measure("answer", [] { return 42; }), 42);
  EXPECT_NE(printed(timeline, before, Timeline::now()).find("answer"), std::string::npos);
}
