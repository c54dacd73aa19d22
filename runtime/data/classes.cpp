// Classes of columns and their order: the number of a class is its place in this order, in every
// run and every weight file.
#include "runtime/data/columns.h"
#include "runtime/sources/csv_scan.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <unordered_map>

namespace nnrt {

std::vector<double> valuesOf(const std::vector<std::string> &names) {
  std::vector<double> values;
  for (const std::string &name : names) {
    double value;
    if (!parseNumber(name, value))
      return {};
    values.push_back(value);
  }
  return values;
}

std::vector<double> placesAmong(const std::vector<std::string> &classes,
                                const std::vector<std::string> &names, bool byValue) {
  std::unordered_map<std::string, double> byName;
  std::map<double, double> byNumber;
  const std::vector<double> values = byValue ? valuesOf(classes) : std::vector<double>();
  for (size_t i = 0; i < classes.size(); ++i) {
    byName.emplace(classes[i], double(i));
    if (!values.empty())
      byNumber.emplace(values[i], double(i));
  }
  std::vector<double> places;
  for (const std::string &name : names) {
    double place = -1, value;
    if (auto found = byName.find(name); found != byName.end())
      place = found->second;
    else if (!byNumber.empty() && parseNumber(name, value))
      if (auto equal = byNumber.find(value); equal != byNumber.end())
        place = equal->second;
    places.push_back(place);
  }
  return places;
}

ClassNumbers classesOfNumbers(const std::vector<std::string> &names) {
  ClassNumbers result;
  for (const std::string &name : names) {
    double value;
    if (parseNumber(name, value) && (result.values.empty() || value > result.values.back()))
      result.values.push_back(value);
    else
      return ClassNumbers();
  }
  return result;
}

Status Columns::numberClasses(const DataT &data, const Parts &parts, const Learned *given) {
  classes.assign(int32_t(data.columns.size()), {});
  for (size_t p = 0; p < parts.size(); ++p)
    numbers[p].assign(int32_t(data.columns.size()), {});
  for (int32_t c : indices(data.columns)) {
    const ColumnT &column = data.columns[c];
    if (column.kind != NN_CATEGORY)
      continue;
    const std::vector<std::string> *known = given ? given->classesOf(column.name) : nullptr;
    if (known)
      classes[c] = *known;
    if (parts[0].source->category(c)) {
      NN_TRY(numberNames(data, parts, c, known));
    } else if (column.numbered) { // otherwise the source's numbers are its classes
      NN_TRY(numberValues(data, parts, c, known));
    }
    if (column.classes && !classes[c].empty() && column.classes != int64_t(classes[c].size()))
      return Status::error(format("column `%s` of %s has %s in the rows that are used, but the "
                                  "program was compiled for %s: where they are "
                                  "counted, `one_hot(category(%s), %lld)` gives the number",
                                  column.name.c_str(), data.name.c_str(),
                                  counted(int64_t(classes[c].size()), "class").c_str(),
                                  grouped(column.classes).c_str(), column.name.c_str(),
                                  (long long)column.classes))
          .at(column.where);
  }
  for (size_t p = 0; p < parts.size(); ++p)
    for (const auto &[column, rows] : parts[p].previous)
      numbers[p][column].previous = &rows;
  return Status();
}

} // namespace nnrt
