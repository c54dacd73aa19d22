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
};

/// normalize.cpp: statistics of one field over `rows`; `to` = (from - mean) / deviation for `count`
/// rows.
Statistics fieldStatistics(const double *values, int64_t size, int64_t channels,
                           const std::vector<int64_t> &rows);
void normalizeRows(const double *from, int64_t size, const Statistics &statistics, int64_t count,
                   Elements to);

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
