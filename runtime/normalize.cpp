// Normalisation: mean 0 and population deviation 1, by numbers taken from the training split alone. Sums are in double
// and in row order, so the statistics are the same on every machine and for any number of threads.
#include "runtime/dataset.h"

#include <cmath>

namespace nnrt {

template <class T>
static Statistics statisticsOf(const T *values, int64_t size, int64_t channels, const std::vector<int64_t> &rows) {
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
    // A constant column leaves rounding errors of its mean, not a spread.
    result.deviation[g] = deviation > 1e-12 * std::fabs(result.mean[g]) ? deviation : 1;
  }
  return result;
}

Statistics fieldStatistics(Elements values, int64_t size, int64_t channels, const std::vector<int64_t> &rows) {
  return values.f64 ? statisticsOf(static_cast<const double *>(values.data), size, channels, rows)
                    : statisticsOf(static_cast<const float *>(values.data), size, channels, rows);
}

template <class T> static void normalizeAs(T *values, int64_t size, const Statistics &s, int64_t count) {
  int64_t groups = int64_t(s.mean.size()), inner = size / groups;
  for (int64_t row = 0; row < count; ++row)
    for (int64_t g = 0; g < groups; ++g) {
      double mean = s.mean[g], deviation = s.deviation[g];
      for (int64_t k = 0; k < inner; ++k, ++values)
        *values = T((*values - mean) / deviation);
    }
}

void normalizeRows(Elements values, int64_t size, const Statistics &statistics, int64_t count) {
  if (values.f64)
    normalizeAs(static_cast<double *>(values.data), size, statistics, count);
  else
    normalizeAs(static_cast<float *>(values.data), size, statistics, count);
}

} // namespace nnrt
