// Tests of advice about curves: each symptom on a made-up history, and no advice if all is well.
#include "runtime/record/advice.h"

#include <cmath>
#include <functional>
#include <gtest/gtest.h>

using namespace nnrt;

namespace {

/// A run whose losses are given as functions of the epoch; with `accuracy` it has that metric too.
struct MadeUp {
  TrainT train;
  TrainRecord record;

  using Curve = std::function<double(double)>;
  MadeUp(int epochs, Curve loss, Curve val = nullptr, double trainAccuracy = NAN,
         double valAccuracy = NAN) {
    if (!std::isnan(trainAccuracy)) {
      train.metrics.emplace_back();
      train.metrics[0].name = "accuracy";
      train.metrics[0].direction = NN_HIGHEST;
    }
    record.statement = &train;
    record.valRows = val ? 100 : 0;
    for (int e = 0; e < epochs; ++e) {
      record.last.train = {loss(e)};
      record.last.val.clear();
      if (val)
        record.last.val = {val(e)};
      if (!train.metrics.empty()) {
        record.last.train.push_back(trainAccuracy);
        if (val)
          record.last.val.push_back(valAccuracy);
      }
      record.history.add(e, record.last);
      record.epochs = e + 1;
    }
  }
  std::vector<Symptom> symptoms() const {
    std::vector<Symptom> list;
    for (const Advice &entry : advice(record))
      list.push_back(entry.symptom);
    return list;
  }
  std::string text() const { return advice(record).empty() ? "" : advice(record)[0].text; }
};

using List = std::vector<Symptom>;

} // namespace

TEST(Advice, SoundCurvesNeedNone) {
  auto falls = [](double e) { return 2.3 * std::exp(-e / 3) + 0.05; };
  EXPECT_EQ(MadeUp(40, falls).symptoms(), List());
  EXPECT_EQ(
      MadeUp(40, falls, [&](double e) { return falls(e) * 1.05; }, 0.98, 0.97).symptoms(), List());
}

TEST(Advice, FewEpochsSayNothing) {
  EXPECT_EQ(MadeUp(3, [](double) { return 2.3; }).symptoms(), List());
  EXPECT_EQ(MadeUp(0, [](double) { return 2.3; }).symptoms(), List());
}

TEST(Advice, FlatFromTheStart) {
  MadeUp run(20, [](double e) { return 2.303 - 0.0001 * e; });
  EXPECT_EQ(run.symptoms(), List{Symptom::Flat});
  EXPECT_NE(run.text().find("flat from the start (2.3 to 2.3)"), std::string::npos) << run.text();
}

TEST(Advice, LearningRateTooHigh) {
  EXPECT_EQ(MadeUp(20, [](double e) { return 1 + 0.5 * std::sin(2.5 * e); }).symptoms(),
            List{Symptom::RateTooHigh})
      << "jumps";
  EXPECT_EQ(MadeUp(20, [](double e) { return 1 + 0.3 * e; }).symptoms(), List{Symptom::RateTooHigh})
      << "grows";
  EXPECT_EQ(MadeUp(20, [](double e) { return e < 10 ? 2 - 0.15 * e : 1.5; }).symptoms(),
            List{Symptom::RateTooHigh})
      << "falls, then is lost";
  // Noise around a small loss is not a symptom.
  EXPECT_EQ(
      MadeUp(40, [](double e) { return 2 * std::exp(-e / 2) + 0.01 * (1 + std::sin(2.5 * e)); })
          .symptoms(),
      List());
}

TEST(Advice, NoTrendInAFewNoisyEpochs) {
  EXPECT_EQ(MadeUp(5, [](double e) { return 0.8 - 0.07 * e; }).symptoms(), List());
  EXPECT_EQ(
      MadeUp(20, [](double e) { return 0.31 - 0.002 * e + 0.004 * std::sin(2.5 * e); }).symptoms(),
      List{Symptom::StillImproving});
}

TEST(Advice, LearningRateTooLow) {
  EXPECT_EQ(MadeUp(20, [](double e) { return 2.3 - 0.02 * e; }).symptoms(),
            List{Symptom::RateTooLow});
}

TEST(Advice, StillImproving) {
  MadeUp run(20, [](double e) { return 2 * std::exp(-e / 12); });
  EXPECT_EQ(run.symptoms(), List{Symptom::StillImproving});
  MadeUp stopped(20, [](double e) { return 2 * std::exp(-e / 12); });
  stopped.record.stoppedEarly = true;
  EXPECT_EQ(stopped.symptoms(), List());
}

TEST(Advice, Overfitting) {
  auto loss = [](double e) { return 2 * std::exp(-e / 5); };
  auto val = [](double e) { return 0.5 + 0.002 * (e - 10) * (e - 10); };
  MadeUp run(30, loss, val);
  EXPECT_EQ(run.symptoms(), List{Symptom::Overfitting});
  EXPECT_NE(
      run.text().find("overfitting since epoch 11: the validation loss rose from 0.5 to 1.22"),
      std::string::npos)
      << run.text();
  EXPECT_NE(run.text().find("`keep best val.loss`"), std::string::npos);
  run.train.has_keep = true;
  EXPECT_NE(run.text().find("`stop when val.loss stalls`"), std::string::npos);
  run.record.stoppedEarly = true; // no advice about when to stop
  EXPECT_EQ(run.text().find("`stop when val.loss stalls`"), std::string::npos);
  EXPECT_NE(run.text().find("overfitting"), std::string::npos);
}

TEST(Advice, GapOfAMetric) {
  auto falls = [](double e) { return 2 * std::exp(-e / 3) + 0.05; };
  MadeUp run(30, falls, [&](double e) { return falls(e) + 0.3; }, 0.99, 0.85);
  EXPECT_EQ(run.symptoms(), List{Symptom::Gap});
  EXPECT_NE(run.text().find("a gap of 0.14 between train and validation accuracy"),
            std::string::npos)
      << run.text();
}

TEST(Advice, Underfitting) {
  auto flat = [](double e) { return 1.4 + 0.9 * std::exp(-e); };
  EXPECT_EQ(MadeUp(
                30, flat, [&](double e) { return flat(e) * 1.01; }, 0.5, 0.49)
                .symptoms(),
            List{Symptom::Underfitting});
  EXPECT_EQ(MadeUp(
                30, flat, [&](double e) { return flat(e) * 1.5; }, 0.9, 0.6)
                .symptoms(),
            List{Symptom::Gap});
}

TEST(Advice, EpochsAreThoseOfALongRun) {
  // 20,000 epochs, of which every eighth is kept.
  MadeUp run(
      20000, [](double e) { return 2 * std::exp(-e / 3000); },
      [](double e) { return 0.5 + 1e-8 * (e - 8000) * (e - 8000); });
  ASSERT_EQ(run.symptoms(), List{Symptom::Overfitting});
  EXPECT_NE(run.text().find("since epoch 8001:"), std::string::npos) << run.text();
}
