// What the curves of a training run say, in sentences: after a train statement, and in the report.
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
  std::string text; // what is seen, with its numbers; then, after a colon, what to try
};

/// Looks at the loss and metrics of the epochs that `record` has kept; fewer than four say nothing.
/// The most important comes first, and what explains the same curve twice is said once. Which curve
/// means what is from the course's slides on loss curves, high bias and high variance; the
/// thresholds are named in advice.cpp.
std::vector<Advice> advice(const TrainRecord &record);

} // namespace nnrt
