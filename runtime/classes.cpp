// The order of classes: the number of a class is its place in this order, in every run and every weight file.
#include "runtime/dataset.h"
#include "runtime/sources/csv_scan.h"

#include <algorithm>

namespace nnrt {

std::vector<std::string> sortedClasses(std::vector<std::string> names) {
  std::vector<double> numbers;
  for (const std::string &name : names) {
    double value;
    if (parseNumber(name, value))
      numbers.push_back(value);
  }
  if (numbers.size() != names.size()) {
    std::sort(names.begin(), names.end());
    return names;
  }
  std::sort(names.begin(), names.end(), [](const std::string &a, const std::string &b) {
    double x = 0, y = 0;
    parseNumber(a, x);
    parseNumber(b, y);
    return x != y ? x < y : a < b; // "1" and "1.0" stay two classes, in a fixed order
  });
  return names;
}

} // namespace nnrt
