// Advice from the curves of a training run, in sentences: printed after a train statement, and in
// the report.
#pragma once

#include "runtime/record/history.h"

#include <string>
#include <vector>

namespace nnrt {

enum class Symptom {
  Flat,
  RateTooHigh,
  RateTooLow,
  StillImproving,
  Overfitting,
  Gap,
  Underfitting
};

struct Advice {
  Symptom symptom;
  std::string text; // the observation, with its numbers; then, after a colon, what to try
};

/// Advice from the loss and metrics of the epochs that `record` has kept; with fewer than four
/// there is none. The most important comes first, and a curve is explained only once. The meaning
/// of the curves is from the course's slides on loss curves, high bias and high variance; the
/// thresholds are named in advice.cpp.
std::vector<Advice> advice(const TrainRecord &record);

} // namespace nnrt
