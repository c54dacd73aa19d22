// The checked numbers of train statements and experiments.
#pragma once

#include "runtime/device/engine.h"

namespace nnrt {

struct TrainNumbers {
  int64_t batch = 0; // 0: all
  int64_t steps = 0; // 0: by epochs
  double epochs = 0;
  int64_t patience = 0, checkpointEvery = 0; // in epochs; 0: there is none
  int64_t accumulate = 1;                    // batches of a step
  std::vector<int64_t> times;                // how often a step makes each of its updates
};

/// Fails if one of them is negative, not whole, NaN or too large; the message names it and its
/// allowed values.
Status trainNumbers(const Engine &engine, const TrainT &train, TrainNumbers &numbers);

/// The number of steps of the whole training.
Status stepsInAll(const TrainNumbers &numbers, int64_t stepsPerEpoch, int64_t &steps);

/// A seed: a whole number from 0 to 2^53, which every number type here represents exactly. `what`
/// begins the message: "`seed`".
Status seedOf(const Engine &engine, const nn_number &number, const char *what, uint64_t &seed);

/// The most trials of a search. All results are kept and shown in the report; a larger number is a
/// mistake.
const int64_t mostTrials = 1'000'000;
/// `mayBeAll`: 0 means all points of a grid.
Status checkTrials(double trials, bool mayBeAll);

} // namespace nnrt
