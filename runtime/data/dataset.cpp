// Loads a data set: rows, classes, fields, split, normalisation, checks.
#include "runtime/data/dataset.h"
#include "runtime/support/indices.h"

#include "runtime/data/balance.h"
#include "runtime/data/split.h"
#include "runtime/program/settings.h"
#include "runtime/support/finite.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

/// Whether a column is filled with a value, or with a statistic of the training split.
static bool learnsFills(const DataT &data) {
  for (const ColumnT &column : data.columns)
    if (isStatistic(column.absent) || column.absent == NN_ABSENT_VALUE || isText(column))
      return true;
  return false;
}

uint64_t Dataset::bytes() const {
  uint64_t sum = fields.bytes() + parts.bytes();
  for (const std::vector<int64_t> &split : splits)
    sum += split.capacity() * sizeof(int64_t);
  return sum;
}

/// Checks, before anything is allocated for the rows, whether there is memory for all of it.
static Status checkSize(const Engine &engine, const DataT &data, const Parts &parts) {
  const unsigned __int128 count = parts.sourceRows();
  unsigned __int128 numbers = 0, copies = 0;
  bool compact = parts.areCompact();
  for (const FieldT &field : data.fields) {
    const int64_t size = elementCount(field.shape);
    const bool scaled =
        field.flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS | NN_FIELD_BALANCED);
    numbers += uint64_t(size);
    compact &= !scaled;
    copies += scaled && data.folds > 0 ? uint64_t(size) : 0;
  }
  // The rows that are kept, those of each split, and the order of an epoch.
  const unsigned __int128 orders = count * 3 * sizeof(int64_t);
  const unsigned __int128 need =
      orders + (compact ? 0 : count * (numbers + copies) * uint64_t(engine.elementBytes()));
  return checkMemory(need >> 60 ? SIZE_MAX : size_t(need),
                     format("data %s (%s of %s)", data.name.c_str(),
                            counted(int64_t(count), "row").c_str(),
                            counted(int64_t(numbers), "number").c_str()))
      .at(data.where);
}

Status Dataset::prepare(Engine &engine) {
  const DataT &data = *description;
  NN_TRY(fields.allocate(engine, data, rows, raw));
  if (data.series)
    return prepareSeries(engine);
  int64_t first = 0;
  for (size_t p = 0; p < parts.size(); ++p) {
    std::vector<unsigned char *> into;
    for (size_t f = 0; f < data.fields.size(); ++f)
      into.push_back(fields.into(engine, data.fields[f], int32_t(f), first));
    NN_TRY(prepareRows(engine, data, *parts[p].source, parts[p].kept, columns.ofPart(p), into,
                       fields.sizes));
    first += int64_t(parts[p].kept.size());
  }
  return Status();
}

Status Dataset::notFinite(int32_t field, int64_t element, double value) const {
  const int64_t size = fields.strides[field]; // of a window: of one step, in whose row it lies
  std::string index = size == 1 ? "" : format("[%lld]", (long long)(element % size));
  return Status::error(format("%s: `%s%s` of %s is %s", parts.place(element / size).c_str(),
                              description->fields[field].name.c_str(), index.c_str(),
                              description->name.c_str(), number(value).c_str()))
      .at(description->where);
}

Status Dataset::checkFinite(Engine &engine) {
  for (int32_t f : indices(description->fields)) {
    if (!fields.strides[f])
      continue; // statistics, which are still to come
    const Elements v = fields.prepared(engine, f);
    for (const RowRun &run : runs) {
      const int64_t first = fields.at(f, run.first),
                    count = fields.at(f, run.last - 1) + fields.sizes[f] - first;
      const int64_t bad = firstNonFinite(v.from(first), count);
      if (bad >= 0)
        return notFinite(f, first + bad, v.get(first + bad));
    }
  }
  return Status();
}

Status Dataset::learnFills() {
  const std::vector<int64_t> &train = learning.empty() ? splits[NN_SPLIT_TRAIN] : learning;
  if (std::any_of(description->columns.begin(), description->columns.end(), isText))
    columns.learnTexts(*description, parts, train, given.get());
  return columns.learnFills(*description, parts, train, given.get());
}

Status Dataset::loadFields(Engine &engine, bool later) {
  raw = canKeepRaw(engine, *this);
  if (raw) {
    NN_TRY(fields.allocate(engine, *description, rows, raw));
    check.require();
    return later ? Status() : checkRows(engine);
  }
  const bool fills = learnsFills(*description);
  if (fills)
    NN_TRY(learnFills()); // fills that are known before the split
  NN_TRY(prepare(engine));
  return fills ? Status() : checkFinite(engine);
}

Status Dataset::findStrata(Engine &engine) {
  const DataT &data = *description;
  if (!data.has_split || data.stratify < 0)
    return Status();
  const Elements values = fields.prepared(engine, data.stratify);
  const int64_t size = fields.sizes[data.stratify];
  const std::string &name = data.fields[data.stratify].name;
  if (learnsFills(data) && firstNonFinite(values, parts.mainRows() * size) >= 0)
    return Status::error(format("`stratify = %s` is made of a column that the training split "
                                "fills, which is known only after the split; a "
                                "value fills it before",
                                name.c_str()))
        .at(data.where);
  return strataOf(values, parts.mainRows(), size, name, strata).at(data.where);
}

Status Dataset::load(Engine &engine, const DataT &data, const Folders &folders, SourceCache *cache,
                     bool later, const Learned *learned) {
  FlushDenormals flush;
  description = &data;
  given.reset(learned ? new Learned(*learned) : nullptr);
  NN_TRY(parts.open(engine, data, folders, cache));
  NN_TRY(checkSize(engine, data, parts));
  NN_TRY(parts.chooseRows(engine));
  rows = parts.rows();
  NN_TRY(columns.numberClasses(data, parts, given.get()));
  fields.describe(data);
  runs = {{0, 0, rows}};
  if (data.series)
    NN_TRY(findRuns());
  NN_TRY(loadFields(engine, later));
  NN_TRY(findStrata(engine));
  if (!data.in_order)
    parts.noteOrder();
  NN_TRY(split(engine));
  const bool fills = learnsFills(data);
  if (fills) { // from the training split, which is known only now
    NN_TRY(learnFills());
    NN_TRY(prepare(engine));
    NN_TRY(checkFinite(engine));
  }
  NN_TRY(scale(engine));
  NN_TRY(parts.checkIntact());
  std::vector<Buffer>().swap(fields.series);
  if (!raw && !keepsSource &&
      !(fills && data.folds > 0)) // each fold fills by its own training split
    parts.forget();
  return Status();
}

Learned Dataset::learned() const {
  Learned result;
  result.from = description->name;
  for (size_t c = 0; c < description->columns.size(); ++c)
    if (!columns.classes[c].empty())
      result.classes[learnedName(description->columns[c])] = columns.classes[c];
  const std::vector<double> &fills = columns.fills;
  for (size_t c = 0; c < description->columns.size() && !fills.empty(); ++c)
    if (!std::isnan(fills[c]))
      result.fills[{description->columns[c].name, description->columns[c].kind}] = fills[c];
  for (size_t f = 0; f < description->fields.size(); ++f)
    if (!statistics[f].mean.empty())
      result.statistics[description->fields[f].name] = statistics[f];
  return result;
}

Status Dataset::split(Engine &engine) {
  const DataT &data = *description;
  if (data.in_order || data.series)
    return splitInOrder(engine);
  const int64_t own = parts.mainRows();
  SplitSizes sizes;
  NN_TRY(splitSizes(data, engine, own, sizes).at(data.where));
  uint64_t seed = 0;
  if (data.has_split)
    NN_TRY(seedOf(engine, data.split_seed, "`seed` of the split", seed).at(data.where));
  if (data.has_split && data.folds > 0)
    foldRows(own, sizes.test, data.folds, fold, strata, seed, splits);
  else
    nnrt::splitRows(own, sizes, strata, seed, splits);
  for (int64_t row = own; row < rows; ++row)
    splits[NN_SPLIT_TEST].push_back(row);
  return Status();
}

Status Dataset::weigh(Engine &engine, int32_t f) {
  const Elements result = fields.values(engine, f);
  for (int64_t i = 0; i < rows * fields.sizes[f]; ++i)
    result.set(i, fields.exactValues(f).get(i));
  if (description->series) { // rows that are left out have no class
    std::vector<char> isUsed(static_cast<size_t>(rows));
    for (const RowRun &run : runs)
      std::fill(isUsed.begin() + run.first, isUsed.begin() + run.last, 1);
    for (int64_t row = 0; row < rows; ++row)
      if (!isUsed[size_t(row)])
        result.set(row, result.get(splits[NN_SPLIT_TRAIN][0]));
  }
  if (int64_t row = weighClasses(result, rows, splits[NN_SPLIT_TRAIN]); row >= 0)
    return Status::error(format("%s: its class has no row in the training split, so it has no "
                                "weight in `%s`; `split … stratify` "
                                "gives every class to training",
                                parts.place(row).c_str(), description->fields[f].name.c_str()))
        .at(description->where);
  return Status();
}

Status Dataset::normalise(Engine &engine, int32_t f) {
  const FieldT &field = description->fields[f];
  const int64_t size = fields.sizes[f];
  const double *from = static_cast<const double *>(fields.exactValues(f).data);
  const Statistics *known =
      given && !field.own_statistics ? given->statisticsOf(field.name) : nullptr;
  const int64_t groups = statisticsSize(*description, field);
  if (known && int64_t(known->mean.size()) == groups)
    statistics[f] = *known;
  else if (field.window >= 0)
    statistics[f] =
        windowStatistics(from, groups, rows, field.first, size / groups, splits[NN_SPLIT_TRAIN]);
  else
    statistics[f] = fieldStatistics(from, size, field.stat_axis_size, splits[NN_SPLIT_TRAIN]);
  for (size_t g = 0; g < statistics[f].mean.size(); ++g)
    if (!std::isfinite(statistics[f].mean[g]) || !std::isfinite(statistics[f].deviation[g]))
      return Status::error(format("`%s` of %s cannot be normalised: the square of its numbers "
                                  "is too large for 64 bits",
                                  field.name.c_str(), description->name.c_str()))
          .at(description->where);
  normalizeRows(from, fields.strides[f], statistics[f], rows, fields.values(engine, f));
  return Status();
}

/// Gives runs the statistics that put numbers back into their own units.
void Dataset::keepStatistics(Engine &engine) {
  for (int32_t f : indices(description->fields)) {
    const FieldT &field = description->fields[f];
    if (fields.strides[f])
      continue;
    const Statistics &of = statistics[size_t(field.of)];
    const bool isMean = field.flags & NN_FIELD_MEAN,
               areWindows = description->fields[size_t(field.of)].window >= 0;
    const Elements to = fields.values(engine, f);
    for (int64_t i = 0; i < fields.sizes[f]; ++i) {
      const double mean = of.mean.empty() ? 0 : of.inOwnUnits(0, i, fields.sizes[f], areWindows);
      to.set(i, isMean            ? mean
                : of.mean.empty() ? 1
                                  : of.deviation[of.groupOf(i, fields.sizes[f], areWindows)]);
    }
  }
}

Status Dataset::scale(Engine &engine) {
  const DataT &data = *description;
  statistics.assign(data.fields.size(), {});
  for (int32_t f : indices(data.fields)) {
    const int32_t flags = data.fields[f].flags;
    if (flags & NN_FIELD_BALANCED)
      balanced = rowsOfClasses(fields.prepared(engine, f), splits[NN_SPLIT_TRAIN]);
    if (!isExact(data.fields[f]))
      continue;
    NN_TRY(flags & NN_FIELD_CLASS_WEIGHTS ? weigh(engine, f) : normalise(engine, f));
    if (data.folds == 0)
      fields.releaseExact(f);
  }
  keepStatistics(engine);
  return Status();
}

Status Dataset::useFold(Engine &engine, int32_t wanted) {
  if (wanted == fold)
    return Status();
  fold = wanted;
  NN_TRY(split(engine));
  if (learnsFills(*description)) {
    NN_TRY(learnFills());
    NN_TRY(prepare(engine));
  }
  return scale(engine);
}

std::vector<int64_t> Dataset::splitRows(int32_t split) const {
  if (split != NN_SPLIT_ALL)
    return splits[split];
  if (!description->series)
    return allRows(rows);
  std::vector<int64_t> used; // the rows that have their windows
  for (const std::vector<int64_t> &one : splits)
    used.insert(used.end(), one.begin(), one.end());
  std::sort(used.begin(), used.end());
  return used;
}

Status Dataset::checkBound(Engine &engine, const BoundT &bound) {
  const int64_t size = fields.sizes[bound.field];
  if (unchecked() && size == 1) {
    check.add(bound);
    return Status();
  }
  if (raw && size != 1) { // whole tensors that index another one: rare
    NN_TRY(checkRows(engine));
    raw = false;
    NN_TRY(prepare(engine));
    parts.forget();
  }
  const Elements v = fields.values(engine, bound.field);
  const int64_t stride = fields.strides[bound.field];
  for (const RowRun &run : runs) {
    const int64_t first = fields.at(bound.field, run.first),
                  count = fields.at(bound.field, run.last - 1) + size - first;
    const int64_t found = firstOutside(bound, v.from(first), count), bad = first + found;
    if (found >= 0)
      return outside(bound, description->fields[bound.field].name, description->name,
                     parts.place(bad / stride), stride, bad, v.get(bad));
  }
  return Status();
}

} // namespace nnrt
