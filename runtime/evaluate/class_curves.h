// How well scores tell classes apart: ROC, precision and recall, calibration.
#pragma once

#include "runtime/record/history.h"

#include <vector>

namespace nnrt {

/// The scores of all rows of an evaluation, and what is true.
struct ClassScores {
  int64_t classes = 0; // scores of each row; 1: of the class 1 against the class 0
  bool probabilities = true;
  std::vector<float> scores; // row after row
  std::vector<int64_t> truth;
  double limit = 0.5; // with one score, larger ones predict 1

  /// More scores than this are not kept: a report can do without them.
  static constexpr int64_t most = 20000000;
};

/// Fills in record.classCurves and record.calibration.
void findClassCurves(const ClassScores &of, EvaluateRecord &record);

} // namespace nnrt
