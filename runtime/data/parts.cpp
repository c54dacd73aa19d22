// Opens the sources of a data declaration and chooses the rows that are kept.
#include "runtime/data/parts.h"

#include "runtime/data/columns.h"
#include "runtime/data/split.h"

#include <algorithm>
#include <sys/stat.h>

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

Status Parts::openSources(Engine &engine, const Folders &folders, SourceCache *cache) {
  // Requests: the columns of prepare, then those of the filter.
  std::vector<ColumnRequest> columns;
  for (const auto *list : {&description->columns, &description->where_columns})
    for (const ColumnT &column : *list)
      columns.push_back(requestFor(column));
  if (description->series)
    for (ColumnRequest &column : columns) // the row before is that of the series: findPrevious
      column.absent = NN_ABSENT_ERROR;
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

Status Parts::open(Engine &engine, const DataT &data, const Folders &folders, SourceCache *cache) {
  description = &data;
  parts.resize(data.test ? 2 : 1);
  NN_TRY(openSources(engine, folders, cache));
  for (const Part &part : parts) {
    NN_TRY(checkWidths(*part.source, prepareInputs(data), data.where));
    NN_TRY(checkWidths(*part.source, keepInputs(data), data.where));
  }
  return Status();
}

Status Parts::filter(Engine &engine, Part &part, bool keepsAll) {
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
  const SeriesT *series = data.series.get();
  const size_t each = series ? size_t(series->each) : 0, key = series && series->key;
  std::vector<std::vector<double>> results(1 + key + each,
                                           std::vector<double>(static_cast<size_t>(chunkRows)));
  std::vector<void *> out;
  for (std::vector<double> &result : results)
    out.push_back(result.data());
  std::vector<ClassNumbers> numbers(data.where_columns.size());
  NN_TRY(whereClasses(data, *part.source, numbers));
  std::vector<int64_t> selected(chunkRows);
  for (int64_t first = 0; first < rows; first += chunkRows) {
    int64_t count = std::min(chunkRows, rows - first);
    for (int64_t i = 0; i < count; ++i)
      selected[i] = first + i;
    inputs.fill(*part.source, table, numbers, selected.data(), 0, count);
    engine.call(data.keep, inputs.in(), out.data(), count, chunkRows);
    for (int64_t i = 0; i < count; ++i) {
      if (results[0][size_t(i)] == 0 && !keepsAll)
        continue;
      part.kept.push_back(first + i);
      if (key)
        part.keys.push_back(results[1][size_t(i)]);
      for (size_t e = 0; e < each; ++e)
        part.each.push_back(results[1 + key + e][size_t(i)]);
    }
  }
  if (part.source->isTable() && !keepsAll)
    noteFiltered(part);
  if (part.kept.empty())
    return Status::error(format("`where` of %s keeps none of the %s rows", data.name.c_str(),
                                grouped(rows).c_str()))
        .at(data.where);
  return Status();
}

Status Parts::chooseRows(Engine &engine) {
  for (Part &part : parts)
    NN_TRY(filter(engine, part));
  if (description->series)
    for (Part &part : parts)
      NN_TRY(orderRows(part));
  // Only tables have cells without a value.
  if (std::none_of(parts.begin(), parts.end(),
                   [](const Part &part) { return part.source->isTable(); }))
    return Status();
  NN_TRY(dropAbsent());
  if (description->series)
    for (Part &part : parts)
      findPrevious(part);
  return checkAbsent();
}

int64_t Parts::rows() const {
  int64_t sum = 0;
  for (const Part &part : parts)
    sum += int64_t(part.kept.size());
  return sum;
}

uint64_t Parts::sourceRows() const {
  uint64_t sum = 0;
  for (const Part &part : parts)
    sum += uint64_t(part.source->rows);
  return sum;
}

uint64_t Parts::bytes() const {
  uint64_t sum = 0;
  for (const Part &part : parts)
    sum += part.kept.capacity() * sizeof(int64_t);
  return sum;
}

bool Parts::areCompact() const {
  return std::all_of(parts.begin(), parts.end(),
                     [](const Part &part) { return part.source->isCompact(); });
}

bool Parts::isIntact() const {
  for (const Part &part : parts)
    if (!part.source->changed().empty())
      return false;
  return true;
}

Status Parts::checkIntact() const {
  for (const Part &part : parts)
    if (const std::string path = part.source->changed(); !path.empty())
      return changedWhileRead(path);
  return Status();
}

std::string Parts::place(int64_t row) const {
  int64_t own = int64_t(parts[0].kept.size());
  const Part &part = row < own ? parts[0] : parts[1];
  return part.source->place(part.kept[row < own ? row : row - own]);
}

void removeRows(Part &part, const std::vector<int64_t> &gone) {
  const bool isSeries = !part.pieces.empty();
  size_t to = 0;
  int64_t removed = 0;
  for (size_t i = 0; i < part.kept.size(); ++i) {
    if (std::binary_search(gone.begin(), gone.end(), part.kept[i])) {
      ++removed;
      continue;
    }
    part.kept[to] = part.kept[i];
    if (isSeries) {
      part.series[to] = part.series[i];
      part.pieces[to] = part.pieces[i] + removed;
    }
    if (!part.keys.empty())
      part.keys[to] = part.keys[i];
    ++to;
  }
  part.kept.resize(to);
  if (isSeries) {
    part.series.resize(to);
    part.pieces.resize(to);
  }
  if (!part.keys.empty())
    part.keys.resize(to);
}

void Parts::forget() {
  for (Part &part : parts)
    if (part.own)
      part.own->forget();
}

} // namespace nnrt
