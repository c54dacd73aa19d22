// The elements of tensors in memory: f32 or f64.
#pragma once

#include <cstdint>

namespace nnrt {

/// Memory of a program's elements, into which numbers are converted.
struct Elements {
  void *data;
  bool f64;

  void set(int64_t i, double value) const {
    if (f64)
      static_cast<double *>(data)[i] = value;
    else
      static_cast<float *>(data)[i] = float(value);
  }
  double get(int64_t i) const {
    return f64 ? static_cast<const double *>(data)[i] : static_cast<const float *>(data)[i];
  }
  /// Those from element i on.
  Elements from(int64_t i) const {
    return {static_cast<unsigned char *>(data) + i * (f64 ? 8 : 4), f64};
  }
};

/// The same to read only.
struct ConstElements {
  const void *data;
  bool f64;

  ConstElements(const void *data, bool f64) : data(data), f64(f64) {}
  // NOLINTNEXTLINE(google-explicit-constructor): what may be written may be read.
  ConstElements(Elements elements) : data(elements.data), f64(elements.f64) {}

  double get(int64_t i) const {
    return f64 ? static_cast<const double *>(data)[i] : static_cast<const float *>(data)[i];
  }
};

} // namespace nnrt
