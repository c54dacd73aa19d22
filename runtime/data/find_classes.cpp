// Finds the classes of columns in the data: needed where they are names, or numbers that are not
// class numbers already.
#include "runtime/data/columns.h"
#include "runtime/data/split.h"
#include "runtime/sources/csv_scan.h"
#include "runtime/support/indices.h"

#include <algorithm>

namespace nnrt {

NN_PART(classes);

std::vector<std::string> sortedClasses(std::vector<std::string> names, bool byValue) {
  const std::vector<double> values = valuesOf(names);
  if (values.size() != names.size()) {
    std::sort(names.begin(), names.end());
    return names;
  }
  std::vector<size_t> order(names.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) {
    if (values[a] != values[b])
      return values[a] < values[b];
    if (byValue && names[a].size() != names[b].size())
      return names[a].size() < names[b].size();
    return names[a] < names[b]; // in a fixed order
  });
  std::vector<std::string> sorted;
  for (size_t i = 0; i < order.size(); ++i)
    if (!byValue || i == 0 || values[order[i]] != values[order[i - 1]])
      sorted.push_back(names[order[i]]);
  return sorted;
}

void addOther(std::vector<std::string> &classes) {
  classes.erase(std::remove(classes.begin(), classes.end(), otherClass), classes.end());
  classes.push_back(otherClass);
}

static Status unknownClass(const DataT &data, const std::string &place, const std::string &name,
                           int32_t column) {
  return Status::error(format("%s: class `%s` of column `%s` does not occur in the training data",
                              place.c_str(), quoted(name).c_str(),
                              data.columns[column].name.c_str()))
      .at(data.where);
}

Status Columns::numberNames(const DataT &data, const Parts &parts, int32_t c,
                            const std::vector<std::string> *known) {
  for (size_t p = 0; p < parts.size(); ++p) {
    const Category &category = *parts[p].source->category(c);
    std::vector<int64_t> firstRow(category.names.size(),
                                  category.codes.empty() ? parts[p].kept[0] : -1);
    for (int64_t row : parts[p].kept)
      if (!category.codes.empty() && category.codes[row] >= 0 && firstRow[category.codes[row]] < 0)
        firstRow[category.codes[row]] = row;
    if (p == 0 && !known) { // the main source determines the classes, from rows that are kept only
      std::vector<std::string> names;
      const ColumnT &column = data.columns[c];
      std::vector<int64_t> counts(column.least ? firstRow.size() : 0);
      for (int64_t row : parts[p].kept)
        if (column.least && category.codes[row] >= 0)
          ++counts[size_t(category.codes[row])];
      for (size_t i = 0; i < firstRow.size(); ++i)
        if (firstRow[i] >= 0 && (!column.least || counts[i] >= column.least))
          names.push_back(category.names[i]);
      if (column.absent == NN_ABSENT_VALUE && !parts[p].source->absent(c).empty() &&
          std::find(names.begin(), names.end(), column.text) == names.end())
        names.push_back(column.text); // the class that fills rows without one
      classes[c] = sortedClasses(names, parts[p].source->isTable());
      if (column.least)
        addOther(classes[c]);
    }
    std::vector<double> &byCode = numbers[p][c].byCode;
    byCode = placesAmong(classes[c], category.names, parts[p].source->isTable());
    if (data.columns[c].least)
      takeOther(classes[c], byCode);
    for (size_t i = 0; i < byCode.size(); ++i) {
      if (byCode[i] < 0 && firstRow[i] >= 0)
        return unknownClass(data, parts[p].source->place(firstRow[i]), category.names[i], c);
      byCode[i] = std::max(byCode[i], 0.0); // for a row that is left out
    }
  }
  return Status();
}

Status numbersOf(const Source &source, int column, int64_t size, const std::vector<int64_t> &rows,
                 std::map<double, int64_t> &found) {
  const int64_t most = std::max<int64_t>(1, (1 << 18) / size);
  std::vector<double> values(
      static_cast<size_t>(std::min<int64_t>(most, int64_t(rows.size())) * size));
  for (int64_t first = 0; first < int64_t(rows.size()); first += most) {
    const int64_t count = std::min<int64_t>(most, int64_t(rows.size()) - first);
    source.fill(column, rows.data() + first, count, Elements{values.data(), true});
    for (int64_t i = 0; i < count * size; ++i) {
      found.emplace(values[size_t(i)], rows[size_t(first + i / size)]);
      if (found.size() > mostClasses)
        return Status::error(format("%s: more than %s different values are too many for classes",
                                    source.place(rows[size_t(first + i / size)]).c_str(),
                                    grouped(int64_t(mostClasses)).c_str()));
    }
  }
  return Status();
}

/// A number as text that is parsed to the same number.
static std::string exactText(double value) {
  double read;
  const std::string text = number(value);
  return parseNumber(text, read) && read == value ? text : format("%.17g", value);
}

Status Columns::numberValues(const DataT &data, const Parts &parts, int32_t c,
                             const std::vector<std::string> *known) {
  for (size_t p = 0; p < parts.size(); ++p) {
    std::map<double, int64_t> found;
    NN_TRY(numbersOf(*parts[p].source, c, data.columns[c].size, parts[p].kept, found)
               .at(data.columns[c].where));
    if (p == 0 && !known)
      for (const auto &entry : found)
        classes[c].push_back(exactText(entry.first));
    numbers[p][c] = p == 0 || known ? classesOfNumbers(classes[c]) : numbers[0][c];
    for (const auto &entry : found)
      if (numbers[p][c].of(entry.first) < 0)
        return unknownClass(data, parts[p].source->place(entry.second), number(entry.first), c);
  }
  return Status();
}

Status whereClasses(const DataT &data, const Source &source, std::vector<ClassNumbers> &numbers) {
  for (int32_t c : indices(data.where_columns)) {
    const int request = int32_t(data.columns.size()) + c;
    if (const Category *category = source.category(request)) {
      const bool byValue = source.isTable();
      numbers[c].byCode =
          placesAmong(sortedClasses(category->names, byValue), category->names, byValue);
    } else if (data.where_columns[c].kind == NN_CATEGORY && data.where_columns[c].numbered) {
      std::map<double, int64_t> found;
      NN_TRY(numbersOf(source, request, data.where_columns[c].size, allRows(source.rows), found)
                 .at(data.where_columns[c].where));
      for (const auto &entry : found)
        numbers[c].values.push_back(entry.first);
    }
  }
  return Status();
}

} // namespace nnrt
