// Tests of keep best, stop when, and runs whose numbers become non-finite.
#include "test/unit/runtime/LinearProgram.h"

using namespace nnrt_test;

/// 20 rows of y = 2 x + 1; a large rate makes the loss grow.
static void prepare(LinearProgram &program) {
  std::vector<double> values;
  for (int i = 0; i < 20; ++i) {
    values.push_back(i * 0.1);
    values.push_back(i * 0.2 + 1);
  }
  program.useRows(values);
  program.data.has_split = true;
  program.data.train = {0.5, -1};
  program.data.val = {0.5, -1};
  program.trainBody.batch = {0, -1};
}

static double number(const std::string &text, const std::string &behind) {
  size_t at = text.find(behind);
  return at == std::string::npos ? -1 : atof(text.c_str() + at + behind.size());
}

TEST(Watch, KeepsTheBestEpoch) {
  LinearProgram program;
  prepare(program);
  program.trainBody.has_keep = true;
  program.trainBody.keep = {-1, NN_SPLIT_VAL, NN_LOWEST};
  program.trainBody.epochs = {6, -1};
  program.options[0].value = 0.9; // diverges after a while
  program.train();
  program.evaluate(NN_SPLIT_VAL);
  Caught run = caught([&] { return program.main(); });
  ASSERT_EQ(run.code, 0) << run.err;
  // The evaluation after the run uses the weights of the epoch with the lowest val.loss: mae is the
  // same as then.
  double best = 1e30, mae = 0;
  size_t kept = 0;
  for (int e = 1; e <= 6; ++e) {
    std::string line = run.out.substr(run.out.find("epoch " + std::to_string(e) + "/6"));
    if (double loss = number(line, "val.loss "); loss < best) {
      best = loss;
      mae = number(line, "val.mae ");
      kept = size_t(e);
    }
  }
  EXPECT_LT(kept, 6u) << run.out;
  EXPECT_NE(run.out.find("kept epoch " + std::to_string(kept) + ", the best: val.loss"),
            std::string::npos)
      << run.out;
  EXPECT_NEAR(number(run.out, "points.val: mae "), mae, 1e-3);
}

TEST(Watch, KeepsTheHighest) {
  LinearProgram program;
  prepare(program);
  program.trainBody.has_keep = true;
  program.trainBody.keep = {0, NN_SPLIT_VAL, NN_HIGHEST};
  program.trainBody.epochs = {5, -1};
  program.train();
  Caught run = caught([&] { return program.main(); });
  EXPECT_NE(run.out.find("kept epoch 1, the best: val.mae"), std::string::npos) << run.out;
}

TEST(Watch, StopsWhenItStalls) {
  LinearProgram program;
  prepare(program);
  program.trainBody.has_stop = true;
  program.trainBody.stop = {-1, NN_SPLIT_VAL, NN_LOWEST};
  program.trainBody.stop_patience = {3, -1};
  program.trainBody.epochs = {1000, -1};
  program.options[0].value = 0; // nothing ever improves
  program.train();
  Caught run = caught([&] { return program.main(); });
  EXPECT_EQ(run.code, 0);
  EXPECT_EQ(seen.stepCalls, 4); // the first epoch is the best; three more without improvement
  EXPECT_NE(run.out.find("stopped: val.loss has not improved for 3 epochs"), std::string::npos)
      << run.out;
}

TEST(Watch, NeedsAValidationSplit) {
  LinearProgram program;
  prepare(program);
  program.data.has_split = false;
  program.trainBody.has_keep = true;
  program.trainBody.keep = {-1, NN_SPLIT_VAL, NN_LOWEST};
  program.train();
  Caught run = caught([&] { return program.main(); });
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(
      run.err,
      "error: `val.loss` is watched, but points has no validation split (at linear.nn:4:1)\n");
}

TEST(NaN, NamesStepOperationAndPlace) {
  LinearProgram program;
  std::vector<double> values;
  for (int i = 0; i < 10; ++i) {
    values.push_back(i);
    values.push_back(i == 9 ? 999 : i);
  }
  program.useRows(values);
  program.poison = true;
  program.trainBody.batch = {0, -1};
  program.trainBody.epochs = {5, -1};
  program.train();
  Caught run = caught([&] { return program.main(); });
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(run.err, "error: the loss is NaN at step 1 (epoch 1): first made by `log` in the loss "
                     "at linear.nn:5:9\n");
  EXPECT_EQ(seen.stepCalls, 1);
}

TEST(NaN, NamesAParameterThatAnUpdateHasSpoilt) {
  LinearProgram program;
  prepare(program);
  program.options[0].value = 1e38; // one update is enough
  program.trainBody.batch = {5, -1};
  program.train();
  Caught run = caught([&] { return program.main(); });
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("net.dense1.w"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("infinite"), std::string::npos) << run.err;
  EXPECT_NE(run.err.find("step 1"), std::string::npos) << run.err;
}
