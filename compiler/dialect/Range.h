// Range: what is known of a tensor's elements before the run. It says where a value cannot be
// infinite or NaN, so that what guards against these can be left out. Operations are followed by
// their numbers alone, and what overflows counts as finite: a step whose loss is not finite writes
// nothing.
#pragma once

namespace nnc::nn {

struct Range {
  double lo, hi;
  bool nan; // an element may be NaN

  /// Any number, infinities and NaN.
  static Range unknown();
  /// Any finite number: data, parameters, random numbers.
  static Range finite();
  bool isFinite() const;
  /// Of f(x) for an increasing f with values in [low, high].
  Range monotone(double low, double high) const { return {low, high, nan}; }
  /// Of a sine: NaN at infinity.
  Range periodic() const { return {-1, 1, !isFinite()}; }
  /// Of x rounded to an integer.
  Range rounded() const;
};

/// Every element lies in one of both.
Range hull(Range a, Range b);
Range operator-(Range a);
Range operator+(Range a, Range b);
Range operator-(Range a, Range b);
Range operator*(Range a, Range b);
/// A divisor that may be 0 gives infinities and NaN.
Range operator/(Range a, Range b);
/// x x
Range square(Range a);
/// a^b; known of whole powers, and of powers of what is not negative.
Range pow(Range a, Range b);
Range abs(Range a);
Range exp(Range a);
Range log(Range a);
Range sqrt(Range a);
Range max(Range a, Range b);
Range min(Range a, Range b);

} // namespace nnc::nn
