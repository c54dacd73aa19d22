// Normalises fields to mean 0 and population deviation 1, by statistics of the training split
// alone. Sums are in double and in row order, so the statistics are the same on every machine and
// for any number of threads.
#include "runtime/data/learned.h"

#include <cmath>

namespace nnrt {

Statistics fieldStatistics(const double *values, int64_t size, int64_t channels,
                           const std::vector<int64_t> &rows) {
  int64_t groups = channels > 0 ? channels : size, inner = size / groups;
  Statistics result;
  result.mean.assign(groups, 0);
  result.deviation.assign(groups, 0);
  double count = double(rows.size()) * double(inner);
  for (int64_t row : rows)
    for (int64_t g = 0, i = row * size; g < groups; ++g) {
      double sum = 0;
      for (int64_t k = 0; k < inner; ++k, ++i)
        sum += values[i];
      result.mean[g] += sum;
    }
  for (double &mean : result.mean)
    mean /= count;
  // A second pass around the mean: the difference of large sums would lose the deviation.
  for (int64_t row : rows)
    for (int64_t g = 0, i = row * size; g < groups; ++g) {
      double sum = 0, mean = result.mean[g];
      for (int64_t k = 0; k < inner; ++k, ++i) {
        double d = values[i] - mean;
        sum += d * d;
      }
      result.deviation[g] += sum;
    }
  for (int64_t g = 0; g < groups; ++g) {
    double deviation = std::sqrt(result.deviation[g] / count);
    // In a constant column, only rounding errors of the mean remain, not a spread.
    result.deviation[g] = deviation > 1e-12 * std::fabs(result.mean[g]) ? deviation : 1;
  }
  return result;
}

Statistics windowStatistics(const double *values, int64_t size, int64_t rows, int64_t first,
                            int64_t count, const std::vector<int64_t> &examples) {
  std::vector<double> held(size_t(rows) + 1, 0); // how many windows begin less how many have ended
  for (int64_t row : examples) {
    held[size_t(row + first)] += 1;
    held[size_t(row + first + count)] -= 1;
  }
  for (int64_t row = 1; row <= rows; ++row)
    held[size_t(row)] += held[size_t(row) - 1];
  const double total = double(examples.size()) * double(count);
  Statistics result;
  result.mean.assign(size_t(size), 0);
  result.deviation.assign(size_t(size), 0);
  auto add = [&](std::vector<double> &to, auto &&of) {
    for (int64_t row = 0; row < rows; ++row)
      for (int64_t k = 0; k < size && held[size_t(row)] > 0; ++k)
        to[size_t(k)] += held[size_t(row)] * of(values[row * size + k], size_t(k)) / total;
  };
  add(result.mean, [](double value, size_t) { return value; });
  add(result.deviation,
      [&](double value, size_t k) { return (value - result.mean[k]) * (value - result.mean[k]); });
  for (size_t k = 0; k < size_t(size); ++k) {
    const double deviation = std::sqrt(result.deviation[k]);
    result.deviation[k] = deviation > 1e-12 * std::fabs(result.mean[k]) ? deviation : 1;
  }
  return result;
}

void normalizeRows(const double *from, int64_t size, const Statistics &s, int64_t count,
                   Elements to) {
  const int64_t groups = int64_t(s.mean.size()), inner = size / groups;
  int64_t i = 0;
  for (int64_t row = 0; row < count; ++row)
    for (int64_t g = 0; g < groups; ++g)
      for (int64_t k = 0; k < inner; ++k, ++i)
        to.set(i, (from[i] - s.mean[g]) / s.deviation[g]);
}

} // namespace nnrt
