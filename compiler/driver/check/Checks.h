// The two kinds of gradient checks. Both add messages to the session's diagnostics where a gradient
// is wrong.
#pragma once

#include "compiler/driver/Session.h"

#include <string>
#include <vector>

namespace nnc::check {

/// One line of the table.
struct Verdict {
  std::string what;   // "sigmoid", "net.dense1.w"
  std::string extent; // "24 points", "20 of 200,704"
  double worst = 0;   // the largest relative error; negative: not tried
  bool isWrong = false;
  std::string remark; // why it was not tried; kinks that were left out
};

/// Relative errors above this are wrong. Central differences in f64 are good to about 1e-9.
constexpr double tolerance = 1e-6;

/// |a - b| relative to the greater of them; numbers that vanish beside `scale` are compared with
/// it.
double relativeError(double a, double b, double scale);

/// The derivatives of the program's functions, and of the prelude's activations and losses: at
/// points around 0, and where functions like to go wrong (Slopes.h).
std::vector<Verdict> checkFunctions(Session &session);

/// One train statement and its verdicts, for each parameter.
struct StepVerdicts {
  std::string title;
  std::vector<Verdict> tensors;
};

/// The gradients of every train statement's loss, by perturbing parameters of a small random batch.
std::vector<StepVerdicts> checkSteps(Session &session);

} // namespace nnc::check
