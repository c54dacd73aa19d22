// Declares the two gradient checks: of functions and of training steps. For wrong gradients they
// add errors to the session's diagnostics.
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
  std::string remark; // why it was not tried, or how many corners were left out
};

/// Larger relative errors are wrong. Central differences in f64 are accurate to about 1e-9.
constexpr double tolerance = 1e-6;

/// |a - b| relative to the greatest of |a|, |b| and `scale`.
double relativeError(double a, double b, double scale);

/// Checks the derivatives of the program's functions and of the prelude's activations and losses,
/// at points around 0 and at points where functions often go wrong (Slopes.h).
std::vector<Verdict> checkFunctions(Session &session);

/// The verdicts of one train statement, one for each parameter.
struct StepVerdicts {
  std::string title;
  std::vector<Verdict> tensors;
};

/// Checks the gradients of every train statement's loss by perturbing parameters, for a small
/// random batch.
std::vector<StepVerdicts> checkSteps(Session &session);

} // namespace nnc::check
