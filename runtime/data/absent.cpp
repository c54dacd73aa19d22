// Cells without a value: drops rows, fills cells, and reports an error if nothing fills them.
#include "runtime/data/columns.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {

/// How many of `chosen` are among `rows`, which are in ascending order.
static int64_t countAmong(const std::vector<int64_t> &rows, const std::vector<int64_t> &chosen) {
  if (rows.empty())
    return 0;
  return std::count_if(chosen.begin(), chosen.end(), [&](int64_t row) {
    return std::binary_search(rows.begin(), rows.end(), row);
  });
}

/// "3 without `hp`, 1 without `weight`", most first; a column that is read in two ways counts once.
static std::string countsByColumn(std::vector<std::pair<int64_t, std::string>> counts) {
  std::stable_sort(counts.begin(), counts.end(),
                   [](const auto &a, const auto &b) { return a.first > b.first; });
  std::string text;
  for (size_t i = 0; i < counts.size() && i < 10; ++i)
    text += (i ? ", " : "") + format("%s without `%s`", grouped(counts[i].first).c_str(),
                                     quoted(counts[i].second).c_str());
  return counts.size() > 10 ? text + format(" and %zu more columns", counts.size() - 10) : text;
}

std::string absentCures(const ColumnT &column) {
  const std::string name = quoted(column.name);
  const char *statistic = column.kind == NN_CATEGORY ? "mode" : "mean";
  const char *others =
      column.kind == NN_CATEGORY ? "`previous`, a word" : "`median`, `mode`, `previous`, a number";
  return "\n  `drop missing` leaves such rows out, `fill " + name + " = " + statistic +
         "` fills the gaps (or by " + others +
         "),\n  `where` chooses rows; in `csv(…)`, `missing = [\"?\"]` lists what means no value, "
         "and `missing = []` takes every cell as it is";
}

/// Notes rows that `where` left out because no comparison holds for a cell without a value.
void Parts::noteFiltered(const Part &part) {
  std::vector<std::pair<int64_t, std::string>> counts;
  for (int32_t c : indices(description->where_columns)) {
    const ColumnT &column = description->where_columns[c];
    const std::vector<int64_t> &absent =
        part.source->absent(int32_t(description->columns.size()) + c);
    const int64_t gone = int64_t(absent.size()) - countAmong(absent, part.kept);
    if (gone && column.kind != NN_MISSING)
      counts.push_back({gone, column.name});
  }
  if (!counts.empty())
    remarks.push_back(
        format("%s: `where` leaves out rows without a value: %s",
               (&part == &parts[0] ? description->source : description->test)->path.c_str(),
               countsByColumn(counts).c_str()));
}

NN_PART(absent);

/// Removes rows from `part.kept` that have no value in a column with `drop missing`.
Status Parts::dropAbsent() {
  const DataT &data = *description;
  for (Part &part : parts) {
    std::vector<int64_t> gone;
    std::vector<std::pair<int64_t, std::string>> counts;
    for (int32_t c : indices(data.columns)) {
      if (data.columns[c].absent != NN_ABSENT_DROP)
        continue;
      const std::vector<int64_t> &absent = part.source->absent(c);
      const int64_t count = countAmong(absent, part.kept);
      if (!count)
        continue;
      gone.insert(gone.end(), absent.begin(), absent.end());
      const std::string name = data.columns[c].name;
      if (std::none_of(counts.begin(), counts.end(),
                       [&](const auto &known) { return known.second == name; }))
        counts.push_back({count, name});
    }
    if (counts.empty())
      continue;
    std::sort(gone.begin(), gone.end());
    const size_t before = part.kept.size();
    removeRows(part, gone);
    const SourceT &source = *(&part == &parts[0] ? data.source : data.test);
    const std::string dropped =
        grouped(int64_t(before - part.kept.size())) + " of " + counted(int64_t(before), "row");
    if (part.kept.empty())
      return Status::error(format("`drop missing` leaves no row of %s: %s", source.path.c_str(),
                                  countsByColumn(counts).c_str()))
          .at(data.where);
    remarks.push_back(format("%s: %s dropped, %s", source.path.c_str(), dropped.c_str(),
                             countsByColumn(counts).c_str()));
  }
  return Status();
}

/// Fails if a row that is used has a cell without a value and no entry says how to treat it.
Status Parts::checkAbsent() const {
  const DataT &data = *description;
  for (const Part &part : parts) {
    std::vector<std::pair<int64_t, std::string>> counts;
    const ColumnT *first = nullptr;
    std::string place;
    for (int32_t c : indices(data.columns)) {
      const ColumnT &column = data.columns[c];
      if (column.kind == NN_MISSING || column.kind == NN_EQUALS ||
          (column.absent != NN_ABSENT_ERROR && column.absent != NN_ABSENT_PREVIOUS))
        continue;
      const auto filled = part.previous.find(c);
      const auto isFilled = [&](int64_t row) {
        return filled != part.previous.end() && filled->second.count(row);
      };
      const int64_t count = countAmong(part.source->absent(c), part.kept) -
                            (filled == part.previous.end() ? 0 : int64_t(filled->second.size()));
      if (!count)
        continue;
      if (!first) {
        first = &column;
        place = part.source->firstAbsent(c);
        if (description->series) // the first of the series that nothing fills
          for (int64_t row : part.source->absent(c))
            if (!isFilled(row) &&
                std::find(part.kept.begin(), part.kept.end(), row) != part.kept.end()) {
              place = part.source->place(row);
              break;
            }
      }
      if (std::none_of(counts.begin(), counts.end(),
                       [&](const auto &known) { return known.second == column.name; }))
        counts.push_back({count, column.name});
    }
    if (!first)
      continue;
    const SourceT &source = *(&part == &parts[0] ? data.source : data.test);
    std::string text = format("%s has rows without a value: %s, of %s\n  the first is at %s",
                              source.path.c_str(), countsByColumn(counts).c_str(),
                              counted(int64_t(part.kept.size()), "row").c_str(), place.c_str());
    if (!first->where.empty())
      text += format("\n  the %s is needed at %s", first->kind == NN_CATEGORY ? "class" : "number",
                     first->where.c_str());
    if (first->absent == NN_ABSENT_PREVIOUS)
      text +=
          "\n  no row before it has one, so `previous` cannot fill it; a number, or `mean`, can";
    else
      text += absentCures(*first);
    return Status::error(text).at(data.where);
  }
  return Status();
}

static double medianOf(std::vector<double> &values) {
  const size_t half = values.size() / 2;
  std::nth_element(values.begin(), values.begin() + half, values.end());
  const double upper = values[half];
  if (values.size() % 2)
    return upper;
  return (upper + *std::max_element(values.begin(), values.begin() + half)) / 2;
}

/// The value that occurs most often; the least of several.
static double modeOf(std::vector<double> &values) {
  std::sort(values.begin(), values.end());
  double best = NAN;
  size_t most = 0;
  for (size_t i = 0, end = 0; i < values.size(); i = end) {
    while (end < values.size() && values[end] == values[i])
      ++end;
    if (end - i > most) {
      most = end - i;
      best = values[i];
    }
  }
  return best;
}

static double meanOf(const std::vector<double> &values) {
  double mean = 0; // computed such that it does not overflow and is exact for equal values
  for (size_t i = 0; i < values.size(); ++i)
    mean += values[i] / double(i + 1) - mean / double(i + 1);
  return mean;
}

Status Columns::learnFills(const DataT &data, const Parts &parts, const std::vector<int64_t> &train,
                           const Learned *given) {
  fills.assign(data.columns.size(), NAN);
  for (int32_t c : indices(data.columns)) {
    const ColumnT &column = data.columns[c];
    if (column.absent == NN_ABSENT_VALUE) {
      fills[c] = column.fill;
      if (column.kind == NN_CATEGORY) {
        const double place = placesAmong(classes[c], {column.text}, parts[0].source->isTable())[0];
        fills[c] = place < 0 ? NAN : place;
      }
      continue;
    }
    if (const double known = given ? given->fillOf(column) : NAN;
        isStatistic(column.absent) && !std::isnan(known)) {
      fills[c] = known;
      continue;
    }
    if (!isStatistic(column.absent) || train.empty()) // before the split
      continue;
    std::vector<double> values;
    for (int64_t row : train) {
      double value;
      const int64_t from = parts[0].kept[size_t(row)];
      parts[0].source->fill(c, &from, 1, Elements{&value, true});
      if (column.kind == NN_CATEGORY && value >= 0)
        value = numbers[0][c].of(value);
      if (value >= 0 || (column.kind == NN_NUMBER && !std::isnan(value)))
        values.push_back(value);
    }
    if (values.empty())
      return Status::error(
                 format("`fill %s`: no row of the training split has a value in that column",
                        column.name.c_str()))
          .at(column.where);
    fills[c] = column.absent == NN_ABSENT_MEAN     ? meanOf(values)
               : column.absent == NN_ABSENT_MEDIAN ? medianOf(values)
                                                   : modeOf(values);
  }
  for (size_t p = 0; p < parts.size(); ++p)
    for (int32_t c : indices(data.columns))
      numbers[p][c].absent = parts[p].source->absent(c).empty() ? NAN : fills[c];
  return Status();
}

} // namespace nnrt
