// Tests of fitting fresh parameters to the first batch: which functions are called, how often, and
// with which masks.
#include "test/unit/runtime/LinearProgram.h"

#include <cmath>

using namespace nnrt_test;

namespace {

std::vector<std::vector<float>> masks; // of each call
std::vector<double> fittedRows, steps;
std::vector<double> changes; // the changes that the calls report; the last one is repeated
float bias;                  // the value to which a call sets b

/// Fits w and b, whose masks are fields 2 and 3, of a program whose batch is fields 0 and 1.
void fit(const nn_call *call, int32_t thread, int32_t) {
  if (thread)
    return;
  auto mask = [&](int i) { return *static_cast<const float *>(call->in[i]); };
  const size_t number = std::min(masks.size(), changes.size() - 1);
  masks.push_back({mask(2), mask(3)});
  fittedRows.push_back(double(call->rows));
  steps.push_back(call->scalars[NN_SLOT_STEP]);
  if (mask(3) != 0)
    *reinterpret_cast<float *>(call->arena + 16384) = bias;
  *static_cast<float *>(call->out[0]) = float(changes[number]);
}

struct Fit : testing::Test {
  LinearProgram program;
  Fit() {
    masks.clear();
    fittedRows.clear();
    steps.clear();
    changes = {1, 0.5, 1e-5};
    bias = 3;
    program.useRows({0, 1, 1, 3, 2, 5, 3, 7, 4, 9});
    program.trainBody.fit = program.compiled(fit, 0, 64);
    program.trainBody.fitted = {0, 1};
    program.trainBody.batch = {2, -1};
    program.trainBody.steps = {1, -1};
    program.trainBody.epochs = {0, -1};
  }
};

} // namespace

TEST_F(Fit, IsRepeatedUntilNothingChanges) {
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  EXPECT_EQ(masks, (std::vector<std::vector<float>>(3, {1, 1})));
  EXPECT_EQ(fittedRows, (std::vector<double>(3, 2)));
  EXPECT_EQ(steps, (std::vector<double>(3, 0)));
}

TEST_F(Fit, IsGivenUpAfterTenCalls) {
  changes = {1};
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  EXPECT_EQ(masks.size(), 10u);
}

TEST_F(Fit, LeavesWhatWasTrainedBefore) {
  program.train();
  program.train();
  EXPECT_EQ(caught([&] { return program.main({"--quiet"}); }).code, 0);
  EXPECT_EQ(masks.size(), 3u);
}

TEST_F(Fit, LeavesWhatWasLoaded) {
  TemporaryFolder folder;
  program.save(folder / "w.safetensors");
  program.load(folder / "w.safetensors");
  program.train();
  Caught run = caught([&] { return program.main({"--quiet"}); });
  EXPECT_EQ(run.code, 0) << run.err;
  EXPECT_TRUE(masks.empty());
}

TEST_F(Fit, NamesWhatIsNotFinite) {
  bias = INFINITY;
  changes = {NAN};
  program.train();
  Caught run = caught([&] { return program.main({"--quiet"}); });
  EXPECT_EQ(run.code, 1);
  EXPECT_EQ(masks.size(), 1u);
  EXPECT_NE(run.err.find("net.dense1.b cannot be fitted to the first batch (2 rows)"),
            std::string::npos)
      << run.err;
}

TEST_F(Fit, AValidationLossNeedsRowsToValidateOn) {
  program.trainBody.reads_val_loss = true;
  program.train();
  Caught run = caught([&] { return program.main({"--quiet"}); });
  EXPECT_EQ(run.code, 1);
  EXPECT_NE(run.err.find("a schedule depends on `val_loss`, but points has no validation split"),
            std::string::npos)
      << run.err;
}
