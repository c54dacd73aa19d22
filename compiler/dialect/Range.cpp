// Implements arithmetic on ranges.
#include "compiler/dialect/Range.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nnc::nn {

static constexpr double infinity = std::numeric_limits<double>::infinity();
static constexpr double largest = std::numeric_limits<double>::max();

Range Range::unknown() { return {-infinity, infinity, true}; }
Range Range::finite() { return {-largest, largest, false}; }
bool Range::isFinite() const { return !nan && lo > -infinity && hi < infinity; }
Range Range::rounded() const { return {std::floor(lo), std::ceil(hi), nan}; }

/// Clamps bounds that overflowed to the finite numbers, if both operands are finite (`finite`).
static Range bounded(double lo, double hi, bool nan, bool finite) {
  if (std::isnan(lo) || std::isnan(hi))
    return Range::unknown();
  if (finite)
    return {std::clamp(lo, -largest, largest), std::clamp(hi, -largest, largest), nan};
  return {lo, hi, nan};
}

Range hull(Range a, Range b) {
  return {std::min(a.lo, b.lo), std::max(a.hi, b.hi), a.nan || b.nan};
}
Range operator-(Range a) { return {-a.hi, -a.lo, a.nan}; }

Range operator+(Range a, Range b) {
  bool cancels = (a.hi == infinity && b.lo == -infinity) || (a.lo == -infinity && b.hi == infinity);
  if (cancels)
    return Range::unknown();
  return bounded(a.lo + b.lo, a.hi + b.hi, a.nan || b.nan, a.isFinite() && b.isFinite());
}
Range operator-(Range a, Range b) { return a + -b; }

Range operator*(Range a, Range b) {
  if (!a.isFinite() || !b.isFinite()) {
    // 0 times infinity is NaN. Without a 0, only the sign is known.
    bool zero = (a.lo <= 0 && a.hi >= 0) || (b.lo <= 0 && b.hi >= 0);
    if (zero || a.nan || b.nan)
      return Range::unknown();
  }
  double corners[] = {a.lo * b.lo, a.lo * b.hi, a.hi * b.lo, a.hi * b.hi};
  return bounded(*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4),
                 false, a.isFinite() && b.isFinite());
}

Range operator/(Range a, Range b) {
  if (a.nan || b.nan || (b.lo <= 0 && b.hi >= 0))
    return Range::unknown();
  bool infinite =
      (a.lo == -infinity || a.hi == infinity) && (b.lo == -infinity || b.hi == infinity);
  if (infinite)
    return Range::unknown();
  double corners[] = {a.lo / b.lo, a.lo / b.hi, a.hi / b.lo, a.hi / b.hi};
  return bounded(*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4),
                 false, a.isFinite());
}

Range square(Range a) {
  double most = std::max(std::fabs(a.lo), std::fabs(a.hi));
  return bounded(0, most * most, a.nan, a.isFinite());
}
Range pow(Range a, Range b) {
  bool whole = b.lo == b.hi && b.lo >= 0 && b.lo == std::floor(b.lo) && !b.nan;
  if (whole) {
    double low = std::pow(a.lo, b.lo), high = std::pow(a.hi, b.lo);
    bool isEven = std::fmod(b.lo, 2) == 0;
    return bounded(isEven ? 0 : low, isEven ? std::max(low, high) : high, a.nan, a.isFinite());
  }
  // With one operand fixed a^b is monotonic, so its extremes are at the corners.
  if (!a.isFinite() || !b.isFinite() || a.lo < 0 || (a.lo == 0 && b.lo < 0))
    return Range::unknown();
  double corners[] = {std::pow(a.lo, b.lo), std::pow(a.lo, b.hi), std::pow(a.hi, b.lo),
                      std::pow(a.hi, b.hi)};
  return bounded(*std::min_element(corners, corners + 4), *std::max_element(corners, corners + 4),
                 false, true);
}
Range abs(Range a) { return {0, std::max(std::fabs(a.lo), std::fabs(a.hi)), a.nan}; }
Range exp(Range a) {
  // In f32, e^x overflows just above this.
  constexpr double beyond = 88;
  return {a.lo > -beyond ? std::exp(a.lo) : 0, a.hi < beyond ? std::exp(a.hi) : infinity, a.nan};
}
Range log(Range a) {
  if (a.lo <= 0)
    return Range::unknown();
  return {std::log(a.lo), std::log(a.hi), a.nan};
}
Range sqrt(Range a) {
  if (a.lo < 0)
    return Range::unknown();
  return {std::sqrt(a.lo), std::sqrt(a.hi), a.nan};
}
Range max(Range a, Range b) { return {std::max(a.lo, b.lo), std::max(a.hi, b.hi), a.nan || b.nan}; }
Range min(Range a, Range b) { return {std::min(a.lo, b.lo), std::min(a.hi, b.hi), a.nan || b.nan}; }

} // namespace nnc::nn
