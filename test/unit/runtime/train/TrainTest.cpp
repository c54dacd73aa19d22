// Tests of the training loop: steps, partial batches, orders, statements.
#include "test/unit/runtime/LinearProgram.h"

#include <algorithm>
#include <regex>
#include <set>

using namespace nnrt_test;

static std::vector<double> line(int rows) { // y = 2 x + 1
  std::vector<double> values;
  for (int i = 0; i < rows; ++i) {
    values.push_back(i * 0.1);
    values.push_back(i * 0.2 + 1);
  }
  return values;
}

TEST(Train, FitsALine) {
  LinearProgram program;
  program.useRows(line(10));
  program.trainBody.epochs = {300, -1};
  program.train();
  program.evaluate(NN_SPLIT_ALL);
  program.print("net.w");
  Caught run = caught([&] { return program.main(); });
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_NEAR(finalWeights[0], 2, 1e-3);
  EXPECT_NEAR(finalWeights[1], 1, 1e-3);
  EXPECT_NE(run.out.find("evaluate net on points: mae "), std::string::npos) << run.out;
  EXPECT_NE(run.out.find("net.w = 2\n"), std::string::npos) << run.out;
}

TEST(Train, LastPartialBatchIsExact) {
  LinearProgram program;
  program.useRows(line(7));
  program.trainBody.batch = {3, -1};
  program.trainBody.epochs = {2, -1};
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  EXPECT_EQ(seen.rows, (std::vector<int64_t>{3, 3, 1, 3, 3, 1}));
  // Every row occurs once in each epoch, in a different order.
  std::vector<double> first(seen.y.begin(), seen.y.begin() + 7),
      second(seen.y.begin() + 7, seen.y.end());
  EXPECT_NE(first, second);
  std::sort(first.begin(), first.end());
  std::sort(second.begin(), second.end());
  EXPECT_EQ(first, second);
  EXPECT_EQ(std::set<double>(first.begin(), first.end()).size(), 7u);
  EXPECT_DOUBLE_EQ(seen.epochs[4], 4.0 / 3);
}

TEST(Train, BatchOfAllRowsKeepsTheirOrder) {
  LinearProgram program;
  program.useRows(line(5));
  program.trainBody.batch = {0, -1};
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  EXPECT_EQ(seen.rows, (std::vector<int64_t>{5, 5, 5}));
  EXPECT_TRUE(std::is_sorted(seen.y.begin(), seen.y.begin() + 5));
}

TEST(Train, BatchOfOne) {
  LinearProgram program;
  program.useRows(line(5));
  program.trainBody.batch = {1, -1};
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  EXPECT_EQ(seen.stepCalls, 15);
}

TEST(Train, OrderDependsOnTheSeedAlone) {
  auto order = [](std::vector<std::string> flags) {
    LinearProgram program;
    program.useRows(line(50));
    program.train();
    flags.push_back("--quiet");
    EXPECT_EQ(caught([&] { return program.main(flags); }).code, 0);
    return seen.y;
  };
  std::vector<double> one = order({"--threads", "1"});
  EXPECT_EQ(one, order({"--threads", "1"}));
  EXPECT_EQ(one, order({"--threads", "3"}));
  EXPECT_NE(one, order({"--seed", "1"}));
}

TEST(Train, StepsInsteadOfEpochs) {
  LinearProgram program;
  program.useRows(line(7));
  program.trainBody.batch = {3, -1};
  program.trainBody.epochs = {0, -1};
  program.trainBody.steps = {5, -1};
  program.train();
  Caught run = caught([&] { return program.main(); });
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(seen.stepCalls, 5);
  EXPECT_NE(run.out.find("epoch 2/2"), std::string::npos) << run.out;
}

TEST(Train, MaxSteps) {
  LinearProgram program;
  program.useRows(line(7));
  program.train();
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--max-steps=3"}); }).code, 0);
  EXPECT_EQ(seen.stepCalls, 3);
}

TEST(Train, QuietPrintsOnlyResults) {
  LinearProgram program;
  program.useRows(line(7));
  program.train();
  program.evaluate(NN_SPLIT_TRAIN);
  Caught run = caught([&] { return program.main({"--quiet"}); });
  EXPECT_EQ(run.out.find("evaluate net on points.train: mae "), 0u) << run.out;
  EXPECT_EQ(std::count(run.out.begin(), run.out.end(), '\n'), 1);
}

/// A run of many epochs of one step each. If nothing is decided after them, most need no
/// bookkeeping; with a condition that never stops the run, all need it.
static Caught longRun(double rate, bool watched, std::vector<std::string> flags = {}) {
  LinearProgram program;
  program.useRows(line(4));
  program.measured = false;
  program.trainBody.batch = {0, -1};
  program.trainBody.epochs = {20000, -1};
  program.trainBody.has_stop = watched;
  program.trainBody.stop = {-1, NN_SPLIT_TRAIN, NN_LOWEST};
  program.trainBody.stop_patience = {1e9, -1};
  program.options[0].value = rate;
  program.train();
  program.print("net.w");
  flags.insert(flags.end(), {"--threads", "1"});
  Caught run = caught([&] { return program.main(flags); });
  run.out =
      std::regex_replace(run.out, std::regex("  [0-9.]+ (us|ms|s)\n"), "\n"); // without the times
  return run;
}

TEST(Train, UneventfulEpochsAreLikeOthers) {
  Caught quick = longRun(0.01, false);
  Seen first = seen;
  std::vector<float> weights = finalWeights;
  Caught whole = longRun(0.01, true);
  EXPECT_EQ(quick.code, 0) << quick.err;
  EXPECT_EQ(quick.out, whole.out);
  EXPECT_NE(quick.out.find("epoch 10000/20000  loss "), std::string::npos) << quick.out;
  EXPECT_EQ(first.stepCalls, 20000);
  EXPECT_EQ(first.epochs, seen.epochs);
  EXPECT_EQ(weights, finalWeights);
}

TEST(Train, MaxStepsAmongUneventfulEpochs) {
  EXPECT_EQ(longRun(0.01, false, {"--quiet", "--max-steps", "15001"}).code, 0);
  EXPECT_EQ(seen.stepCalls, 15001);
}

TEST(Train, UneventfulEpochsStopWhenTheLossIsNotFinite) {
  const double growing = 1.4688; // by about 0.9 % a step
  Caught quick = longRun(growing, false);
  const long calls = seen.stepCalls;
  Caught whole = longRun(growing, true);
  EXPECT_EQ(quick.code, 1);
  EXPECT_GT(calls, 4096 + 2); // up to there, every epoch is kept
  EXPECT_EQ(quick.err, whole.err);
  EXPECT_NE(quick.err.find("at step " + std::to_string(calls)), std::string::npos) << quick.err;
  EXPECT_EQ(quick.out, whole.out);
}
