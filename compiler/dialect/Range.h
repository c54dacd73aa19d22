// Range: what is known about the elements of a tensor before the run. It shows which values cannot
// be infinite or NaN, so that guards against these can be omitted. Ranges describe exact
// arithmetic, and results that overflow count as finite: a step whose loss is not finite writes
// nothing.
#pragma once

namespace nnc::nn {

struct Range {
  double lo, hi;
  bool nan; // an element may be NaN

  /// Any number, including infinities and NaN.
  static Range unknown();
  /// Any finite number, as in data, parameters and random numbers.
  static Range finite();
  bool isFinite() const;
  /// The range of f(x) for an increasing f with values in [low, high].
  Range monotone(double low, double high) const { return {low, high, nan}; }
  /// The range of a sine, which is NaN at infinity.
  Range periodic() const { return {-1, 1, !isFinite()}; }
  /// The range of x rounded to an integer.
  Range rounded() const;
};

/// The smallest range that contains both.
Range hull(Range a, Range b);
Range operator-(Range a);
Range operator+(Range a, Range b);
Range operator-(Range a, Range b);
Range operator*(Range a, Range b);
/// A divisor that may be 0 gives infinities and NaN.
Range operator/(Range a, Range b);
/// The range of x x.
Range square(Range a);
/// The range of a^b. Known for whole powers, and for powers of nonnegative numbers.
Range pow(Range a, Range b);
Range abs(Range a);
Range exp(Range a);
Range log(Range a);
Range sqrt(Range a);
Range max(Range a, Range b);
Range min(Range a, Range b);

} // namespace nnc::nn
