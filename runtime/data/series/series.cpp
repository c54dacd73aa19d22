// Rows that follow one another: their order, what windows read in other rows, and splits in order.
#include "runtime/data/dataset.h"
#include "runtime/data/split.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cmath>
#include <limits>

namespace nnrt {

NN_PART(series);

// ---- order ------------------------------------------------------------------------------------

/// Fails unless every row has a key and every number that tells series apart.
static Status checkKeys(const Part &part, const SeriesT &series) {
  for (size_t i = 0; i < part.kept.size(); ++i) {
    bool hasAll = !series.key || std::isfinite(part.keys[i]);
    for (size_t e = 0; e < size_t(series.each); ++e)
      hasAll &= std::isfinite(part.each[i * size_t(series.each) + e]);
    if (!hasAll)
      return Status::error(
                 format("%s: this row has no value by which the series is ordered or told "
                        "from others; `drop missing` or `where` leaves it out",
                        part.source->place(part.kept[i]).c_str()))
          .at(series.where);
  }
  return Status();
}

Status Parts::orderRows(Part &part) {
  const SeriesT &series = *description->series;
  const size_t each = size_t(series.each), rows = part.kept.size();
  NN_TRY(checkKeys(part, series));
  std::vector<int64_t> order = allRows(int64_t(rows));
  auto compare = [&](int64_t a, int64_t b) {
    for (size_t e = 0; e < each; ++e)
      if (const double x = part.each[size_t(a) * each + e], y = part.each[size_t(b) * each + e];
          x != y)
        return x < y ? -1 : 1;
    return 0;
  };
  std::stable_sort(order.begin(), order.end(), [&](int64_t a, int64_t b) {
    const int which = compare(a, b);
    return which ? which < 0 : series.key && part.keys[size_t(a)] < part.keys[size_t(b)];
  });
  Part sorted;
  for (size_t i = 0; i < rows; ++i) {
    const int64_t row = order[i];
    const bool isFirst = i > 0 && compare(order[i - 1], row) != 0;
    sorted.kept.push_back(part.kept[size_t(row)]);
    sorted.series.push_back(i ? sorted.series.back() + isFirst : 0);
    if (!series.key)
      continue;
    sorted.keys.push_back(part.keys[size_t(row)]);
    if (i && !isFirst && sorted.keys[i] == sorted.keys[i - 1])
      return Status::error(
                 format("%s and %s: two rows of one series have the same key, %s, so that neither "
                        "comes before the other\n  `series by …, each c` makes a series of each "
                        "value of a column; without `by` the rows are in the order of the file",
                        part.source->place(sorted.kept[i - 1]).c_str(),
                        part.source->place(sorted.kept[i]).c_str(), number(sorted.keys[i]).c_str()))
          .at(series.where);
  }
  part.kept = std::move(sorted.kept);
  part.keys = std::move(sorted.keys);
  part.series = sorted.series;
  part.pieces = std::move(sorted.series);
  std::vector<double>().swap(part.each);
  return Status();
}

void Parts::findPrevious(Part &part) {
  part.previous.clear();
  for (int32_t c : indices(description->columns)) {
    const std::vector<int64_t> &absent = part.source->absent(c);
    if (description->columns[c].absent != NN_ABSENT_PREVIOUS || absent.empty())
      continue;
    std::map<int64_t, int64_t> &previous = part.previous[c];
    int64_t last = -1;
    for (size_t i = 0; i < part.kept.size(); ++i) {
      if (i && part.series[i] != part.series[i - 1])
        last = -1;
      if (!std::binary_search(absent.begin(), absent.end(), part.kept[i]))
        last = part.kept[i];
      else if (last >= 0)
        previous[part.kept[i]] = last;
    }
  }
}

Status Parts::openNew(Engine &engine, const DataT &data, const Source &source) {
  description = &data;
  parts.resize(1);
  Part &part = parts[0];
  part.source = std::shared_ptr<const Source>(std::shared_ptr<const Source>(), &source);
  NN_TRY(filter(engine, part, /*keepsAll=*/true));
  NN_TRY(orderRows(part));
  findPrevious(part);
  std::vector<int64_t> gone; // a row without a value ends a piece, as in training
  for (int32_t c : indices(data.columns))
    if (data.columns[c].absent == NN_ABSENT_DROP && data.columns[c].for_input)
      gone.insert(gone.end(), source.absent(c).begin(), source.absent(c).end());
  std::sort(gone.begin(), gone.end());
  if (!gone.empty())
    removeRows(part, gone);
  return Status();
}

// ---- windows ----------------------------------------------------------------------------------

std::vector<RowRun> runsOf(const Parts &parts, int64_t back, int64_t ahead) {
  std::vector<RowRun> runs;
  int64_t start = 0;
  for (size_t p = 0; p < parts.size(); ++p) {
    const Part &part = parts[p];
    const int64_t rows = int64_t(part.kept.size());
    for (int64_t first = 0, end = 0; first < rows; first = end) {
      while (end < rows && part.pieces[size_t(end)] == part.pieces[size_t(first)])
        ++end;
      if (first + back < end - ahead)
        runs.push_back({int32_t(p), start + first + back, start + end - ahead});
    }
    start += rows;
  }
  return runs;
}

Status prepareValues(Engine &engine, const DataT &data, const Parts &parts,
                     const std::vector<ClassNumbers> *const *classes, std::vector<Buffer> &values) {
  values.clear();
  values.resize(data.series->values.size());
  for (size_t v = 0; v < values.size(); ++v) {
    const SeriesValueT &value = data.series->values[v];
    const size_t numbers = size_t(parts.rows() * value.size);
    NN_TRY(values[v].allocate(numbers * sizeof(double), "a series of " + data.name));
    auto *to = values[v].as<double>();
    std::fill_n(to, numbers, NAN);
    for (const RowRun &run : runsOf(parts, value.back, value.ahead)) {
      const Part &part = parts[size_t(run.part)];
      NN_TRY(prepareValue(engine, data, value, *part.source, parts.sourceRows(run),
                          *classes[run.part], values, run.first, to + run.first * value.size));
    }
  }
  return Status();
}

Status Dataset::prepareSeries(Engine &engine) {
  const DataT &data = *description;
  const std::vector<ClassNumbers> *classes[] = {&columns.ofPart(0), &columns.ofPart(1)};
  NN_TRY(prepareValues(engine, data, parts, classes, fields.series));
  for (const RowRun &run : runs) {
    std::vector<unsigned char *> into;
    for (int32_t f : indices(data.fields))
      into.push_back(fields.into(engine, data.fields[f], f, run.first));
    NN_TRY(prepareRows(engine, data, *parts[size_t(run.part)].source, parts.sourceRows(run),
                       *classes[run.part], into, fields.sizes, &fields.series, run.first));
  }
  for (int32_t f : indices(data.fields)) {
    const FieldT &field = data.fields[f];
    if (field.window < 0 || isExact(field))
      continue;
    const auto *from = fields.series[size_t(field.window)].as<const double>();
    const Elements to = fields.values(engine, f);
    for (int64_t i = 0; i < rows * fields.strides[size_t(f)]; ++i)
      to.set(i, from[i]);
  }
  return Status();
}

Status Dataset::findRuns() {
  const SeriesT &series = *description->series;
  runs = runsOf(parts, series.back, series.ahead);
  if (!runs.empty())
    return Status();
  int64_t longest = 0;
  for (const RowRun &run : runsOf(parts, 0, 0))
    longest = std::max(longest, run.last - run.first);
  return Status::error(
             format("no row of %s has all rows that its windows need: %s before it and %s "
                    "after it; the longest series has %s",
                    description->name.c_str(), grouped(series.back).c_str(),
                    grouped(series.ahead).c_str(), counted(longest, "row").c_str()))
      .at(series.where);
}

// ---- splits in order --------------------------------------------------------------------------

static const int8_t noSplit = 3;

/// The split in which each row of the main source lies: the first `sizes.train` of each series for
/// training, in proportion. Several series with a key are cut at the same key.
static std::vector<int8_t> splitsOfRows(const Part &part, const SplitSizes &sizes) {
  const int64_t rows = int64_t(part.kept.size());
  const int64_t ends[] = {sizes.train, sizes.train + sizes.val,
                          sizes.train + sizes.val + sizes.test};
  std::vector<int8_t> result(static_cast<size_t>(rows), noSplit);
  const bool hasSeveral = !part.series.empty() && part.series.back() > 0;
  if (hasSeveral && !part.keys.empty()) {
    std::vector<double> keys = part.keys;
    std::sort(keys.begin(), keys.end());
    for (int64_t row = 0; row < rows; ++row)
      for (int8_t s = 0; s < 3 && result[size_t(row)] == noSplit; ++s)
        if (ends[s] >= rows || part.keys[size_t(row)] < keys[size_t(ends[s])])
          result[size_t(row)] = s;
    return result;
  }
  for (int64_t first = 0, end = 0; first < rows; first = end) {
    end = hasSeveral ? end : rows;
    while (hasSeveral && end < rows && part.series[size_t(end)] == part.series[size_t(first)])
      ++end;
    int64_t row = first;
    for (int8_t s = 0; s < 3; ++s) {
      const int64_t share =
          hasSeveral ? std::llround(double(end - first) * double(ends[s]) / double(rows)) : ends[s];
      for (; row < first + share; ++row)
        result[size_t(row)] = s;
    }
  }
  return result;
}

Status Dataset::splitInOrder(Engine &engine) {
  const DataT &data = *description;
  const int64_t own = parts.mainRows(), ahead = data.series ? data.series->ahead : 0;
  SplitSizes sizes;
  NN_TRY(splitSizes(data, engine, own, sizes).at(data.where));
  std::vector<int8_t> of = splitsOfRows(parts[0], sizes);
  of.resize(size_t(rows), NN_SPLIT_TEST);
  learning.clear();
  for (int64_t row = 0; row < own; ++row)
    if (of[size_t(row)] == NN_SPLIT_TRAIN)
      learning.push_back(row);
  for (std::vector<int64_t> &split : splits)
    split.clear();
  int64_t used = 0, unused = std::count(of.begin(), of.end(), noSplit);
  for (const RowRun &run : runs)
    for (int64_t row = run.first; row < run.last; ++row)
      // What is to be predicted lies in the row's own split.
      if (const int8_t s = of[size_t(row)]; s != noSplit && of[size_t(row + ahead)] == s) {
        splits[s].push_back(row);
        ++used;
      }
  static const char *const names[] = {"train", "val", "test"};
  const int64_t wanted[] = {sizes.train, sizes.val, sizes.test};
  for (int s = 0; s < 3; ++s)
    if (wanted[s] > 0 && splits[s].empty())
      return Status::error(
                 format("the %s split of %s has %s, and none of them has all rows that "
                        "its windows need: %s before it, and %s after it within the split",
                        names[s], data.name.c_str(), counted(wanted[s], "row").c_str(),
                        grouped(data.series ? data.series->back : 0).c_str(),
                        grouped(ahead).c_str()))
          .at(data.where);
  if (const int64_t lost = rows - used - unused; lost > 0)
    parts.remarks.push_back(format("%s: %s of %s left out: their windows, %s before a row and %s "
                                   "after it, would reach over the border of a series or a split",
                                   data.name.c_str(), grouped(lost).c_str(),
                                   counted(rows, "row").c_str(), grouped(data.series->back).c_str(),
                                   grouped(ahead).c_str()));
  return Status();
}

} // namespace nnrt
