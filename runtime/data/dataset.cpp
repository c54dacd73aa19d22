// Loads a data set: rows, classes, fields, split, normalisation, checks.
#include "runtime/data/dataset.h"
#include "runtime/support/indices.h"

#include "runtime/data/balance.h"
#include "runtime/data/split.h"
#include "runtime/program/settings.h"
#include "runtime/support/finite.h"

#include <cmath>

namespace nnrt {

/// Whether a column is filled with a value, or with a statistic of the training split.
static bool learnsFills(const DataT &data) {
  for (const ColumnT &column : data.columns)
    if (isStatistic(column.absent) || column.absent == NN_ABSENT_VALUE)
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
  int64_t size = fields.sizes[field];
  std::string index = size == 1 ? "" : format("[%lld]", (long long)(element % size));
  return Status::error(format("%s: `%s%s` of %s is %s", parts.place(element / size).c_str(),
                              description->fields[field].name.c_str(), index.c_str(),
                              description->name.c_str(), number(value).c_str()))
      .at(description->where);
}

Status Dataset::checkFinite(Engine &engine) {
  for (int32_t f : indices(description->fields)) {
    Elements v = fields.prepared(engine, f);
    int64_t bad = firstNonFinite(v, rows * fields.sizes[f]);
    if (bad >= 0)
      return notFinite(f, bad, v.get(bad));
  }
  return Status();
}

Status Dataset::learnFills() {
  return columns.learnFills(*description, parts, splits[NN_SPLIT_TRAIN], given.get());
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
  NN_TRY(loadFields(engine, later));
  NN_TRY(findStrata(engine));
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
  if (!raw && !(fills && data.folds > 0)) // each fold fills by its own training split
    parts.forget();
  return Status();
}

Learned Dataset::learned() const {
  Learned result;
  result.from = description->name;
  for (size_t c = 0; c < description->columns.size(); ++c)
    if (!columns.classes[c].empty())
      result.classes[description->columns[c].name] = columns.classes[c];
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
  const Statistics *known = given ? given->statisticsOf(field.name) : nullptr;
  const int64_t groups = field.stat_axis_size > 0 ? field.stat_axis_size : size;
  if (known && int64_t(known->mean.size()) == groups)
    statistics[f] = *known;
  else
    statistics[f] = fieldStatistics(from, size, field.stat_axis_size, splits[NN_SPLIT_TRAIN]);
  for (size_t g = 0; g < statistics[f].mean.size(); ++g)
    if (!std::isfinite(statistics[f].mean[g]) || !std::isfinite(statistics[f].deviation[g]))
      return Status::error(format("`%s` of %s cannot be normalised: the square of its numbers "
                                  "is too large for 64 bits",
                                  field.name.c_str(), description->name.c_str()))
          .at(description->where);
  normalizeRows(from, size, statistics[f], rows, fields.values(engine, f));
  return Status();
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
  return split == NN_SPLIT_ALL ? allRows(rows) : splits[split];
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
  const int64_t bad = firstOutside(bound, v, rows * size);
  return bad < 0 ? Status()
                 : outside(bound, description->fields[bound.field].name, description->name,
                           parts.place(bad / size), size, bad, v.get(bad));
}

} // namespace nnrt
