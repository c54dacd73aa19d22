// Compares a gradient with one-sided differences at decreasing distances. A function has two slopes
// at a corner; every number between them is a subgradient.
#include "compiler/driver/check/Slopes.h"
#include "compiler/driver/check/Checks.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <vector>

using namespace nnc::check;

/// For larger arguments, differences say nothing about the slope (of a sine, for example). Then any
/// finite gradient is accepted.
constexpr double farthest = 1e6;

namespace {

/// The slope on one side of x, computed from values at distances h and 2h, and the error that
/// rounding may cause.
struct Slope {
  double value, noise;
};

std::optional<Slope> slopeAt(double x, double here, double h,
                             llvm::function_ref<double(double)> f) {
  const double once = f(h), twice = f(2 * h);
  if (!std::isfinite(once) || !std::isfinite(twice))
    return std::nullopt;
  const double value = (4 * once - 3 * here - twice) / (2 * h);
  const double rounding = 8 * std::numeric_limits<double>::epsilon();
  return Slope{value, rounding * (std::fabs(here) + std::fabs(value * x)) / std::fabs(h)};
}

} // namespace

Judgement nnc::check::judge(double gradient, double x, llvm::function_ref<double(double)> f,
                            double &difference) {
  const double here = f(0);
  if (!std::isfinite(here))
    return Judgement::Unknown; // outside of the domain, or at its end
  if (std::fabs(x) > farthest) {
    const bool isInside = std::isfinite(f(x * 1e-3)) && std::isfinite(f(-x * 1e-3));
    difference = (f(x * 1e-3) - f(-x * 1e-3)) / (2e-3 * x);
    return !isInside                 ? Judgement::Unknown
           : std::isfinite(gradient) ? Judgement::Right
                                     : Judgement::Wrong;
  }
  std::vector<double> distances{1e-3, 1e-4, 1e-5, 1e-6, 1e-8, 1e-10};
  if (x != 0 && std::fabs(x) < 1e-6)
    for (double part : {1e-3, 1e-4, 1e-5})
      distances.push_back(std::fabs(x) * part);
  std::optional<double> last;
  double lastError = 0;
  unsigned closer = 0; // how many distances in a row brought the slope nearer to the gradient
  bool grows = false, found = false;
  for (double h : distances) {
    std::optional<Slope> right = slopeAt(x, here, h, f), left = slopeAt(x, here, -h, f);
    if (!right && !left)
      continue;
    const Slope a = right ? *right : *left, b = left ? *left : *right;
    const double low = std::min(a.value, b.value), high = std::max(a.value, b.value);
    const double size = std::max({std::fabs(low), std::fabs(high), 1e-3}),
                 noise = std::max(a.noise, b.noise);
    if (noise > 1e-4 * size)
      continue; // the distance is too small for the precision of the values
    const double allowed = tolerance * size + noise;
    if (gradient >= low - allowed && gradient <= high + allowed)
      return Judgement::Right;
    // The gradient may be a limit of slopes, such as of x^1.5 at 0. An infinite gradient, such as
    // of √x, is right if the slopes grow without end.
    const double nearest = std::clamp(gradient, low, high), error = std::fabs(gradient - nearest);
    closer = last && error < 0.6 * lastError ? closer + 1 : 0;
    grows = last && std::max(std::fabs(low), std::fabs(high)) > 1.5 * std::fabs(*last);
    last = std::max(std::fabs(low), std::fabs(high));
    lastError = error;
    difference = std::isfinite(gradient) ? nearest : high;
    found = true;
  }
  if (!found || (std::isinf(gradient) && grows) || (std::isfinite(gradient) && closer >= 3))
    return found ? Judgement::Right : Judgement::Unknown;
  return Judgement::Wrong;
}
