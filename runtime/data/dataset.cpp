// Loads a data set: sources, filter, classes, prepare, split, normalisation, checks.
#include "runtime/data/dataset.h"

#include "runtime/data/balance.h"
#include "runtime/data/split.h"
#include "runtime/program/settings.h"
#include "runtime/support/finite.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <sys/stat.h>
#include <unordered_map>

namespace nnrt {

SourceSpec specOf(const Engine &engine, const SourceT &source, const Folders &folders) {
  return {&source,
          engine.value(source.n),
          engine.value(source.classes),
          engine.value(source.turns),
          engine.value(source.factor),
          engine.value(source.noise),
          engine.value(source.spread),
          engine.value(source.dims),
          engine.value(source.seed),
          folders};
}

/// A key of everything that determines what a source reads; files by path, size and time.
static std::string cacheKey(const SourceSpec &spec, const std::vector<ColumnRequest> &columns) {
  const SourceT &source = *spec.source;
  std::string key = format("%d %d %d|", source.kind, source.header, source.row_width);
  for (double value : {spec.n, spec.classes, spec.turns, spec.factor, spec.noise, spec.spread,
                       spec.dims, spec.seed})
    key += format("%a ", value);
  key += format("|%lld %lld %lld %d %d %lld", (long long)source.channels, (long long)source.height,
                (long long)source.width, source.resize, source.recolor, (long long)source.length);
  key += format("|%d %d %d %d %d", source.separator, source.decimal, source.quote, source.encoding,
                source.has_missing);
  for (const std::string &missing : source.missing)
    key += format("|%zu:", missing.size()) + missing;
  std::vector<std::string> files = {source.path, source.labels};
  if (source.kind == NN_NPY)
    files.insert(files.end(), source.arrays.begin(), source.arrays.end());
  for (const std::string &path : files) {
    std::string found;
    struct stat info;
    if (!path.empty() && !findFile(path, spec.folders, found).failed() &&
        stat(found.c_str(), &info) == 0)
      key += format("|%s %lld %lld.%09ld", found.c_str(), (long long)info.st_size,
                    (long long)info.st_mtim.tv_sec, info.st_mtim.tv_nsec);
  }
  for (const std::string &column : source.columns)
    key += "|" + column;
  for (const std::string &array : source.arrays)
    key += "|" + array;
  for (const ColumnRequest &column : columns)
    key += format("|%s %d %lld %d %zu:", column.name.c_str(), column.kind, (long long)column.size,
                  column.absent == NN_ABSENT_PREVIOUS, column.text.size()) +
           column.text;
  return key;
}

namespace {
/// The opening of one part, as a job for a separate thread.
struct Opening {
  SourceSpec spec;
  const std::vector<ColumnRequest> *columns;
  std::string key; // in the cache; empty: not cached
  std::unique_ptr<Source> opened;
  Status status;
  bool needed = true;
};

void openPart(void *data, int32_t thread, int32_t threads) {
  std::vector<Opening> &openings = *static_cast<std::vector<Opening> *>(data);
  for (size_t i = size_t(thread); i < openings.size(); i += size_t(threads))
    if (openings[i].needed)
      openings[i].status = openSource(openings[i].spec, *openings[i].columns, openings[i].opened);
}
} // namespace

Status Dataset::open(Engine &engine, const Folders &folders, SourceCache *cache) {
  // Requests: the columns of prepare, then those of the filter.
  std::vector<ColumnRequest> columns;
  for (const auto *list : {&description->columns, &description->where_columns})
    for (const ColumnT &column : *list)
      columns.push_back(requestFor(column));
  std::vector<Opening> openings(parts.size());
  for (size_t p = 0; p < parts.size(); ++p) {
    const SourceT &source = *(p == 0 ? description->source : description->test);
    openings[p].spec = specOf(engine, source, folders);
    openings[p].columns = &columns;
    // Rows are in the program, which a session does not keep, and are cheap to read again. A
    // folder's time does not change when an image does.
    if (!cache || source.kind == NN_ROWS || source.kind == NN_IMAGES)
      continue;
    openings[p].key = cacheKey(openings[p].spec, columns);
    auto found = cache->find(openings[p].key);
    if (found == cache->end())
      continue;
    parts[p].source = found->second;
    openings[p].needed = false;
  }
  engine.share(openPart, &openings,
               int(parts.size())); // unpacking takes time, so the test source is opened on another
                                   // thread
  for (size_t p = 0; p < parts.size(); ++p) {
    Opening &opening = openings[p];
    if (!opening.needed)
      continue;
    NN_TRY(std::move(opening.status));
    if (std::string guessed = opening.opened->guessed(); !guessed.empty())
      remarks.push_back(guessed);
    parts[p].own = opening.key.empty() ? opening.opened.get() : nullptr;
    parts[p].source = std::move(opening.opened);
    if (!opening.key.empty())
      cache->emplace(opening.key, parts[p].source);
  }
  return Status();
}

Status Dataset::filter(Engine &engine, Part &part) {
  const DataT &data = *description;
  int64_t rows = part.source->rows;
  if (!data.keep.exists()) {
    part.kept = allRows(rows);
    return Status();
  }
  const InputTable table = keepInputs(data);
  const int64_t chunkRows = rowsAtOnce(table);
  NN_TRY(engine.reserve(data.keep, chunkRows));
  InputBuffers inputs;
  NN_TRY(inputs.allocate(table, engine.f64(), chunkRows, "rows"));
  std::vector<double> kept(static_cast<size_t>(chunkRows));
  void *out = kept.data();
  std::vector<ClassNumbers> numbers(data.where_columns.size());
  NN_TRY(whereClasses(part, numbers));
  std::vector<int64_t> selected(chunkRows);
  for (int64_t first = 0; first < rows; first += chunkRows) {
    int64_t count = std::min(chunkRows, rows - first);
    for (int64_t i = 0; i < count; ++i)
      selected[i] = first + i;
    inputs.fill(*part.source, table, numbers, selected.data(), 0, count);
    engine.call(data.keep, inputs.in(), &out, count, chunkRows);
    for (int64_t i = 0; i < count; ++i)
      if (kept[size_t(i)] != 0)
        part.kept.push_back(first + i);
  }
  noteFiltered(part);
  if (part.kept.empty())
    return Status::error(format("`where` of %s keeps none of the %s rows", data.name.c_str(),
                                grouped(rows).c_str()))
        .at(data.where);
  return Status();
}

Status prepareRows(Engine &engine, const DataT &data, const Source &source,
                   const std::vector<int64_t> &rows, const std::vector<ClassNumbers> &codeClasses,
                   const std::vector<unsigned char *> &fields,
                   const std::vector<int64_t> &fieldSizes) {
  const InputTable table = prepareInputs(data);
  const int64_t capacity =
      std::max<int64_t>(1, std::min<int64_t>(rowsAtOnce(table), int64_t(rows.size())));
  NN_TRY(engine.reserve(data.prepare, capacity));
  InputBuffers inputs;
  NN_TRY(inputs.allocate(table, engine.f64(), capacity, "rows"));
  std::vector<void *> out(fields.size());
  for (int64_t first = 0; first < int64_t(rows.size()); first += capacity) {
    const int64_t count = std::min<int64_t>(capacity, int64_t(rows.size()) - first);
    inputs.fill(source, table, codeClasses, rows.data() + first, 0, count);
    NN_TRY(inputs.check(source, table, data, rows.data() + first, count));
    for (size_t f = 0; f < fields.size(); ++f)
      out[f] =
          fields[f] + first * fieldSizes[f] * preparedBytes(data.fields[f], engine.elementBytes());
    engine.call(data.prepare, inputs.in(), out.data(), count, capacity);
  }
  return Status();
}

bool Dataset::isIntact() const {
  for (const Part &part : parts)
    if (!part.source->changed().empty())
      return false;
  return true;
}

Status Dataset::checkIntact() const {
  for (const Part &part : parts)
    if (const std::string path = part.source->changed(); !path.empty())
      return changedWhileRead(path);
  return Status();
}

uint64_t Dataset::bytes() const {
  uint64_t sum = 0;
  for (const Buffer &field : fields)
    sum += field.size();
  for (const Part &part : parts)
    sum += part.kept.capacity() * sizeof(int64_t);
  for (const std::vector<int64_t> &split : splits)
    sum += split.capacity() * sizeof(int64_t);
  return sum;
}

/// Checks, before anything is allocated for the rows, whether there is memory for all of it.
Status Dataset::checkSize(const Engine &engine) const {
  const DataT &data = *description;
  unsigned __int128 count = 0, numbers = 0, copies = 0;
  for (const Part &part : parts)
    count += uint64_t(part.source->rows);
  bool compact = true;
  for (const Part &part : parts)
    compact &= part.source->isCompact();
  for (int32_t f = 0; f < int32_t(data.fields.size()); ++f) {
    const int64_t size = elementCount(data.fields[f].shape);
    const bool scaled =
        data.fields[f].flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS | NN_FIELD_BALANCED);
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

Status Dataset::allocateFields(Engine &engine) {
  const DataT &data = *description;
  fields.resize(data.fields.size());
  exact.resize(data.fields.size());
  for (int32_t f = 0; f < int32_t(data.fields.size()); ++f) {
    const std::string what = "field `" + data.fields[f].name + "` of " + data.name;
    const size_t elements = size_t(rows) * fieldSizes[f];
    if (!raw || fieldSizes[f] == 1)
      NN_TRY(fields[f].allocate(elements * engine.elementBytes(), what));
    if (isExact(data.fields[f]))
      NN_TRY(exact[f].allocate(elements * sizeof(double), what));
  }
  return Status();
}

Status Dataset::prepare(Engine &engine) {
  const DataT &data = *description;
  NN_TRY(allocateFields(engine));
  int64_t first = 0;
  for (size_t p = 0; p < parts.size(); ++p) {
    std::vector<unsigned char *> into;
    for (int32_t f = 0; f < int32_t(data.fields.size()); ++f)
      into.push_back((isExact(data.fields[f]) ? exact : fields)[f].data() +
                     first * fieldSizes[f] * preparedBytes(data.fields[f], engine.elementBytes()));
    NN_TRY(prepareRows(engine, data, *parts[p].source, parts[p].kept, codeClasses[p], into,
                       fieldSizes));
    first += int64_t(parts[p].kept.size());
  }
  return Status();
}

Status Dataset::notFinite(int32_t field, int64_t element, double value) const {
  int64_t size = fieldSizes[field];
  std::string index = size == 1 ? "" : format("[%lld]", (long long)(element % size));
  return Status::error(format("%s: `%s%s` of %s is %s", place(element / size).c_str(),
                              description->fields[field].name.c_str(), index.c_str(),
                              description->name.c_str(), number(value).c_str()))
      .at(description->where);
}

Status Dataset::checkFinite(Engine &engine) {
  for (int32_t f = 0; f < int32_t(description->fields.size()); ++f) {
    Elements v = prepared(engine, f);
    int64_t bad = firstNonFinite(v, rows * fieldSizes[f]);
    if (bad >= 0)
      return notFinite(f, bad, v.get(bad));
  }
  return Status();
}

Status Dataset::load(Engine &engine, const DataT &data, const Folders &folders, SourceCache *cache,
                     bool later, const Learned *learned) {
  FlushDenormals flush;
  description = &data;
  given.reset(learned ? new Learned(*learned) : nullptr);
  parts.resize(data.test ? 2 : 1);
  NN_TRY(open(engine, folders, cache));
  for (const Part &part : parts) {
    NN_TRY(checkWidths(*part.source, prepareInputs(data), data.where));
    NN_TRY(checkWidths(*part.source, keepInputs(data), data.where));
  }
  NN_TRY(checkSize(engine));
  rows = 0;
  for (Part &part : parts)
    NN_TRY(filter(engine, part));
  NN_TRY(dropAbsent());
  NN_TRY(checkAbsent());
  for (const Part &part : parts)
    rows += int64_t(part.kept.size());
  NN_TRY(numberClasses());
  fieldSizes.clear();
  for (int32_t f = 0; f < int32_t(data.fields.size()); ++f)
    fieldSizes.push_back(elementCount(data.fields[f].shape));
  raw = canKeepRaw(engine);
  if (raw) {
    NN_TRY(allocateFields(engine));
    looked = false;
    if (!later)
      NN_TRY(checkRows(engine));
  } else {
    if (learnsFills())
      NN_TRY(learnFills()); // fills that are known before the split
    NN_TRY(prepare(engine));
    if (!learnsFills())
      NN_TRY(checkFinite(engine));
  }

  if (data.has_split && data.stratify >= 0 && learnsFills() &&
      firstNonFinite(prepared(engine, data.stratify),
                     int64_t(parts[0].kept.size()) * fieldSizes[data.stratify]) >= 0)
    return Status::error(format("`stratify = %s` is made of a column that the training split "
                                "fills, which is known only after the split; a "
                                "value fills it before",
                                data.fields[data.stratify].name.c_str()))
        .at(data.where);
  if (data.has_split && data.stratify >= 0)
    NN_TRY(strataOf(prepared(engine, data.stratify), int64_t(parts[0].kept.size()),
                    fieldSizes[data.stratify], data.fields[data.stratify].name, strata)
               .at(data.where));
  noteOrder();
  NN_TRY(split(engine));
  if (learnsFills()) { // fills from the training split, which is known only now
    NN_TRY(learnFills());
    NN_TRY(prepare(engine));
    NN_TRY(checkFinite(engine));
  }
  NN_TRY(normalise(engine));
  NN_TRY(checkIntact());
  if (!raw && !(learnsFills() && data.folds > 0)) // each fold fills by its own training split
    forget();
  return Status();
}

Status Dataset::split(Engine &engine) {
  const DataT &data = *description;
  const int64_t own = int64_t(parts[0].kept.size());
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

Status Dataset::normalise(Engine &engine) {
  const DataT &data = *description;
  statistics.assign(data.fields.size(), {});
  for (int32_t f = 0; f < int32_t(data.fields.size()); ++f) {
    if (data.fields[f].flags & NN_FIELD_BALANCED)
      balanced = rowsOfClasses(prepared(engine, f), splits[NN_SPLIT_TRAIN]);
    if (!(data.fields[f].flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS)))
      continue;
    Elements result = values(engine, f);
    if (data.fields[f].flags & NN_FIELD_CLASS_WEIGHTS) {
      for (int64_t i = 0; i < rows * fieldSizes[f]; ++i)
        result.set(i, exactValues(f).get(i));
      if (int64_t row = weighClasses(result, rows, splits[NN_SPLIT_TRAIN]); row >= 0)
        return Status::error(format("%s: its class has no row in the training split, so it has no "
                                    "weight in `%s`; `split … stratify` "
                                    "gives every class to training",
                                    place(row).c_str(), data.fields[f].name.c_str()))
            .at(data.where);
    } else {
      const double *from = static_cast<const double *>(exactValues(f).data);
      const Statistics *known = given ? given->statisticsOf(data.fields[f].name) : nullptr;
      const int64_t groups =
          data.fields[f].stat_axis_size > 0 ? data.fields[f].stat_axis_size : fieldSizes[f];
      if (known && int64_t(known->mean.size()) == groups)
        statistics[f] = *known;
      else
        statistics[f] = fieldStatistics(from, fieldSizes[f], data.fields[f].stat_axis_size,
                                        splits[NN_SPLIT_TRAIN]);
      for (size_t g = 0; g < statistics[f].mean.size(); ++g)
        if (!std::isfinite(statistics[f].mean[g]) || !std::isfinite(statistics[f].deviation[g]))
          return Status::error(format("`%s` of %s cannot be normalised: the square of its numbers "
                                      "is too large for 64 bits",
                                      data.fields[f].name.c_str(), data.name.c_str()))
              .at(data.where);
      normalizeRows(from, fieldSizes[f], statistics[f], rows, result);
    }
    if (data.folds == 0)
      exact[f].release();
  }
  return Status();
}

Status Dataset::useFold(Engine &engine, int32_t wanted) {
  if (wanted == fold)
    return Status();
  fold = wanted;
  NN_TRY(split(engine));
  if (learnsFills()) {
    NN_TRY(learnFills());
    NN_TRY(prepare(engine));
  }
  return normalise(engine);
}

std::vector<int64_t> Dataset::splitRows(int32_t split) const {
  return split == NN_SPLIT_ALL ? allRows(rows) : splits[split];
}

std::string Dataset::place(int64_t row) const {
  int64_t own = int64_t(parts[0].kept.size());
  const Part &part = row < own ? parts[0] : parts[1];
  return part.source->place(part.kept[row < own ? row : row - own]);
}

void Dataset::forget() {
  for (Part &part : parts)
    if (part.own)
      part.own->forget();
}

Status Dataset::checkBound(Engine &engine, const BoundT &bound) {
  if (!looked && fieldSizes[bound.field] == 1) {
    bounds.push_back(bound);
    return Status();
  }
  if (raw && fieldSizes[bound.field] != 1) { // whole tensors that index another one: rare
    NN_TRY(checkRows(engine));
    raw = false;
    NN_TRY(prepare(engine));
    forget();
  }
  const Elements v = values(engine, bound.field);
  const int64_t size = fieldSizes[bound.field];
  const int64_t bad = firstOutside(bound, v, rows * size);
  return bad < 0 ? Status()
                 : outside(bound, description->fields[bound.field].name, description->name,
                           place(bad / size), size, bad, v.get(bad));
}

} // namespace nnrt
