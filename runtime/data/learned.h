// What is learned from the training split besides weights: statistics of normalised fields, classes
// and the values that fill missing cells.
#pragma once

#include "runtime/schema/program.h"
#include "runtime/support/elements.h"

#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace nnrt {

/// Statistics of a normalised field, from the training split: one entry for each channel or
/// element.
struct Statistics {
  std::vector<double> mean, deviation; // a deviation of 0 is stored as 1

  /// Which of the statistics are those of an element.
  size_t groupOf(int64_t element, int64_t size, bool areWindows) const {
    const int64_t groups = int64_t(mean.size());
    return size_t(areWindows ? element % groups : element / (size / groups));
  }
  /// Element `element` of a field with `size` elements, in the units it had before it was
  /// normalised. Of windows each step has the same statistics, else each channel or each element
  /// has its own.
  double inOwnUnits(double value, int64_t element, int64_t size, bool areWindows) const {
    const size_t group = groupOf(element, size, areWindows);
    return value * deviation[group] + mean[group];
  }
};

/// How many statistics a normalised field has.
inline int64_t statisticsSize(const DataT &data, const FieldT &field) {
  if (field.window >= 0)
    return data.series->values[field.window].size;
  int64_t size = 1;
  for (int64_t n : field.shape)
    size *= n;
  return field.stat_axis_size > 0 ? field.stat_axis_size : size;
}

/// normalize.cpp: statistics of one field over `rows`; `to` = (from - mean) / deviation for `count`
/// rows.
/// The same for windows over `values`, of `size` elements in each of `rows` rows: a row counts as
/// often as windows hold it, which are `count` rows from the `first` after each row of `examples`.
Statistics windowStatistics(const double *values, int64_t size, int64_t rows, int64_t first,
                            int64_t count, const std::vector<int64_t> &examples);
Statistics fieldStatistics(const double *values, int64_t size, int64_t channels,
                           const std::vector<int64_t> &rows);
void normalizeRows(const double *from, int64_t size, const Statistics &statistics, int64_t count,
                   Elements to);

/// The name under which the classes of a column are kept: a text has a vocabulary besides.
inline std::string learnedName(const ColumnT &column) {
  return column.name + (column.kind == NN_WORDS        ? "#words"
                        : column.kind == NN_CHARACTERS ? "#characters"
                                                       : "");
}

/// What a model has learned from the data that it was trained on, besides its weights.
struct Learned {
  std::string from; // a data set, or a weight file
  // of the category columns, by name
  std::map<std::string, std::vector<std::string>> classes;
  std::map<std::string, Statistics> statistics; // of the normalised fields, by name
  // the value that fills missing cells, by the column's name and kind
  std::map<std::pair<std::string, int32_t>, double> fills;

  /// NaN: not known.
  double fillOf(const ColumnT &column) const {
    auto found = fills.find({column.name, column.kind});
    return found == fills.end() ? NAN : found->second;
  }
  const Statistics *statisticsOf(const std::string &field) const {
    auto found = statistics.find(field);
    return found == statistics.end() ? nullptr : &found->second;
  }
  const std::vector<std::string> *classesOf(const std::string &column) const {
    auto found = classes.find(column);
    return found == classes.end() ? nullptr : &found->second;
  }
};

} // namespace nnrt
