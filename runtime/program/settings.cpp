// Checks the numbers of train statements and searches. The compiler has checked constants; options
// and numbers that a search has drawn are known only here, and are checked before anything is
// trained.
#include "runtime/program/settings.h"

#include <cmath>

namespace nnrt {

static const double most = 0x1p53; // whole numbers up to here are exact

static Status whole(double value, const char *what, double least, int64_t &result) {
  if (!(value >= least) || (std::isfinite(value) && value != std::floor(value)))
    return Status::error(format("%s is %s, but it must be a whole number of at least %s", what,
                                number(value).c_str(), number(least).c_str()));
  if (value > most)
    return Status::error(format("%s is %s, but it must be at most %s", what, number(value).c_str(),
                                grouped(int64_t(most)).c_str()));
  result = int64_t(value);
  return Status();
}

Status trainNumbers(const Engine &engine, const TrainT &train, TrainNumbers &numbers) {
  // A constant 0 is `all`; an option or a drawn value is a number of examples.
  NN_TRY(whole(engine.value(train.batch), "`batch`", train.batch.slot < 0 ? 0 : 1, numbers.batch));
  // In hand-written programs 0 is the default.
  auto count = [&](const nn_number &given, const char *what, int64_t &result) {
    result = 1;
    return given.slot < 0 && given.value == 0 ? Status()
                                              : whole(engine.value(given), what, 1, result);
  };
  NN_TRY(count(train.accumulate, "`accumulate`", numbers.accumulate));
  if (numbers.accumulate > 1 && numbers.batch == 0)
    return Status::error("`batch` is all rows, and `accumulate` needs several batches");
  numbers.times.assign(1 + train.later.size(), 1);
  NN_TRY(count(train.times, "`times`", numbers.times[0]));
  for (size_t u = 0; u < train.later.size(); ++u)
    NN_TRY(count(train.later[u].times, "`times`", numbers.times[u + 1]));
  if (const double share = engine.value(train.average);
      !train.averages.empty() && !(share >= 0 && share < 1))
    return Status::error(
        format("`average` is %s, but it must be at least 0 and below 1", number(share).c_str()));
  const bool bySteps =
      train.steps.slot >= 0 || train.steps.value != 0; // 0: the program says epochs
  if (bySteps)
    NN_TRY(whole(engine.value(train.steps), "`steps`", 1, numbers.steps));
  numbers.epochs = bySteps ? 0 : engine.value(train.epochs);
  if (!bySteps && !(numbers.epochs > 0))
    return Status::error(
        format("`epochs` is %s, but it must be above 0", number(numbers.epochs).c_str()));
  if (!bySteps && numbers.epochs > most)
    return Status::error(format("`epochs` is %s, but it must be at most %s",
                                number(numbers.epochs).c_str(), grouped(int64_t(most)).c_str()));
  if (train.has_stop)
    NN_TRY(whole(engine.value(train.stop_patience), "the number of epochs after `stalls for`", 1,
                 numbers.patience));
  if (!train.checkpoint.empty())
    NN_TRY(whole(engine.value(train.checkpoint_every),
                 "the number of epochs after `checkpoint … every`", 1, numbers.checkpointEvery));
  return Status();
}

Status stepsInAll(const TrainNumbers &numbers, int64_t stepsPerEpoch, int64_t &steps) {
  steps = numbers.steps;
  if (steps)
    return Status();
  const double count = numbers.epochs * double(stepsPerEpoch);
  if (count > most)
    return Status::error(format("`epochs` is %s, which makes %s steps, but there can be at most %s",
                                number(numbers.epochs).c_str(), number(count).c_str(),
                                grouped(int64_t(most)).c_str()));
  steps = std::max<int64_t>(1, int64_t(std::ceil(count - 1e-9)));
  return Status();
}

Status seedOf(const Engine &engine, const nn_number &number, const char *what, uint64_t &seed) {
  int64_t value = 0;
  NN_TRY(whole(engine.value(number), what, 0, value));
  seed = uint64_t(value);
  return Status();
}

Status checkTrials(double trials, bool mayBeAll) {
  if (trials >= (mayBeAll ? 0 : 1) && trials <= double(mostTrials) && trials == std::floor(trials))
    return Status();
  return Status::error(format("`trials` is %s, but it must be a whole number from 1 to %s",
                              number(trials).c_str(), grouped(mostTrials).c_str()));
}

} // namespace nnrt
