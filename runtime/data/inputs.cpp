// Fills the inputs of `prepare` and `keep` from columns. Everything is computed from them in 64
// bits: a time in seconds or an account number has more digits than f32.
#include "runtime/data/inputs.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

static const int64_t mostRows = 4096,
                     mostBytes = 32 << 20; // of one call: enough to share among threads, little
                                           // compared with the data

double ClassNumbers::of(double raw) const {
  if (std::isnan(raw))
    return absent;
  if (!byCode.empty())
    return raw < 0 ? absent : byCode[size_t(raw)];
  if (values.empty())
    return raw;
  auto found = std::lower_bound(values.begin(), values.end(), raw);
  return found == values.end() || *found != raw ? -1 : double(found - values.begin());
}

int64_t inputSize(const InputTable &table, int32_t input) {
  const InputT &of = table.inputs[input];
  int64_t size = of.window < 0 ? 0 : of.count * of.size;
  for (int32_t i : indices(table.inputs[input].columns))
    size += table.columns[table.inputs[input].columns[i]].size;
  return size;
}

/// Fills a column. Cells without a value may have that of another row.
static void fillColumn(const Source &source, int32_t column, int64_t size,
                       const ClassNumbers &classes, const int64_t *rows, int64_t count,
                       Elements out) {
  if (classes.isText) {
    std::vector<double> codes(static_cast<size_t>(count));
    ClassNumbers asCodes;
    asCodes.previous = classes.previous;
    fillColumn(source, column, 1, asCodes, rows, count, {codes.data(), true});
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < size; ++i) {
        const double code = codes[size_t(r)];
        const bool isKnown = code >= 0 && size_t(code) < classes.tokens.size();
        out.set(r * size + i, isKnown ? classes.tokens[size_t(code)][size_t(i)] : 0);
      }
    return;
  }
  if (!classes.previous || classes.previous->empty())
    return source.fill(column, rows, count, out);
  std::vector<int64_t> from(rows, rows + count);
  for (int64_t &row : from)
    if (auto found = classes.previous->find(row); found != classes.previous->end())
      row = found->second;
  source.fill(column, from.data(), count, out);
}

/// Copies windows of a series.
static void fillWindows(const InputTable &table, const InputT &of, int64_t count, Elements out) {
  const auto *values = reinterpret_cast<const double *>((*table.series)[size_t(of.window)].data());
  const auto rows = int64_t((*table.series)[size_t(of.window)].size() / sizeof(double)) / of.size;
  const int64_t width = of.count * of.size;
  for (int64_t r = 0; r < count; ++r) {
    const int64_t first = table.position + r + of.first;
    auto *to = static_cast<double *>(out.data) + r * width;
    if (first >= 0 && first + of.count <= rows)
      std::copy_n(values + first * of.size, width, to);
    else // a target, where new rows are predicted from
      std::fill_n(to, width, NAN);
  }
}

void fillInput(const Source &source, const InputTable &table, int32_t input,
               const std::vector<ClassNumbers> &classes, const int64_t *rows, int64_t count,
               Elements out) {
  const InputT &of = table.inputs[input];
  if (of.window >= 0)
    return fillWindows(table, of, count, out);
  auto number = [&](int32_t column, Elements values, int64_t n) {
    if (classes[column].isNeeded())
      for (int64_t i = 0; i < n; ++i)
        values.set(i, classes[column].of(values.get(i)));
  };
  if (int32_t(of.columns.size()) == 1) {
    fillColumn(source, table.first + of.columns[0], table.columns[of.columns[0]].size,
               classes[of.columns[0]], rows, count, out);
    number(of.columns[0], out, count * table.columns[of.columns[0]].size);
    return;
  }
  const int64_t width = inputSize(table, input);
  std::vector<double> column;
  int64_t at = 0;
  for (int32_t c : indices(of.columns)) {
    const int64_t size = table.columns[of.columns[c]].size;
    column.resize(size_t(count * size));
    Elements values{column.data(), true};
    fillColumn(source, table.first + of.columns[c], size, classes[of.columns[c]], rows, count,
               values);
    number(of.columns[c], values, count * size);
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < size; ++i)
        out.set(r * width + at + i, column[size_t(r * size + i)]);
    at += size;
  }
}

Status InputBuffers::allocate(const InputTable &table, bool f64, int64_t capacity,
                              const std::string &purpose) {
  buffers.clear();
  buffers.resize(table.inputs.size());
  sizes.clear();
  wide.clear();
  pointers.clear();
  for (int32_t i : indices(table.inputs)) {
    sizes.push_back(inputSize(table, i));
    wide.push_back(isWide(table, i, f64));
    NN_TRY(buffers[i].allocate(size_t(sizes[i] * capacity * (wide[i] ? 8 : 4)), purpose));
    pointers.push_back(buffers[i].data());
  }
  return Status();
}

void InputBuffers::fill(const Source &source, const InputTable &table,
                        const std::vector<ClassNumbers> &classes, const int64_t *rows,
                        int64_t first, int64_t last) const {
  for (int32_t i : indices(table.inputs))
    fillInput(source, table, i, classes, rows + first, last - first, at(i, first));
}

static bool isAllowed(const BoundT &bound, double value) {
  if (value == bound.ignored)
    return true;
  switch (bound.kind) {
  case NN_SELECTS:
  case NN_LOOKS_UP:
    return value >= 0 && value < double(bound.limit) && value == std::floor(value);
  case NN_WITHIN:
    return value >= bound.low && value <= bound.high;
  default:
    return value == bound.low || value == bound.high;
  }
}

int64_t firstOutside(const BoundT &bound, ConstElements values, int64_t count, bool hasGaps) {
  for (int64_t i = 0; i < count; ++i)
    if (const double value = values.get(i);
        !isAllowed(bound, value) && !(hasGaps && std::isnan(value)))
      return i;
  return -1;
}

/// `subject`: "`y[2]` of d".
static Status notAllowed(const BoundT &bound, const std::string &subject, const std::string &place,
                         double value) {
  std::string text =
      format("%s: %s is %s, but ", place.c_str(), subject.c_str(), number(value).c_str());
  if (bound.kind == NN_SELECTS || bound.kind == NN_LOOKS_UP)
    text += format("it selects one of %lld: whole numbers from 0 to %lld", (long long)bound.limit,
                   (long long)bound.limit - 1);
  else
    text += format("`%s` takes %s %s %s", bound.reader.c_str(), number(bound.low).c_str(),
                   bound.kind == NN_WITHIN ? "to" : "or", number(bound.high).c_str());
  return Status::error(text).at(bound.where);
}

Status outside(const BoundT &bound, const std::string &name, const std::string &data,
               const std::string &place, int64_t size, int64_t element, double value) {
  const std::string index = size == 1 ? "" : format("[%lld]", (long long)(element % size));
  return notAllowed(bound, "`" + name + index + "` of " + data, place, value);
}

Status computedOutside(const BoundT &bound, const std::string &data, const std::string &place,
                       double value) {
  const std::string subject =
      bound.reader.empty() ? "an index" : "the target of `" + bound.reader + "`";
  return notAllowed(bound, subject + ", computed from " + data + ",", place, value);
}

std::string inputName(const DataT &data, int32_t input) {
  return data.columns[data.inputs[input].columns[0]].name;
}

Status InputBuffers::check(const Source &source, const InputTable &table, const DataT &data,
                           const int64_t *rows, int64_t count) const {
  for (const BoundT &bound : data.bounds) {
    const InputT &input = table.inputs[bound.field];
    if (input.window >= 0)
      continue; // its values are computed, as fields are, and checked with them
    bool hasGaps = false, isThere = false;
    for (int32_t column : input.columns) {
      hasGaps |= !source.absent(table.first + column).empty();
      isThere |= source.has(table.first + column);
    }
    if (!isThere)
      continue; // no part of the prediction is computed from it
    const int64_t size = sizes[bound.field],
                  bad = firstOutside(bound, at(bound.field, 0), count * size, hasGaps);
    // A run of columns has a name for each element.
    if (bad >= 0 && input.columns.size() > 1)
      return outside(bound, table.columns[input.columns[bad % size]].name, data.name,
                     source.place(rows[bad / size]), 1, bad, at(bound.field, 0).get(bad));
    if (bad >= 0)
      return outside(bound, inputName(data, bound.field), data.name, source.place(rows[bad / size]),
                     size, bad, at(bound.field, 0).get(bad));
  }
  return Status();
}

int64_t rowsAtOnce(const InputTable &table) {
  int64_t bytes = 8;
  for (int32_t i : indices(table.inputs))
    bytes += 8 * inputSize(table, i);
  return std::min(mostRows, std::max<int64_t>(1, mostBytes / bytes));
}

Status prepareRows(Engine &engine, const DataT &data, const Source &source,
                   const std::vector<int64_t> &rows, const std::vector<ClassNumbers> &codeClasses,
                   const std::vector<unsigned char *> &fields,
                   const std::vector<int64_t> &fieldSizes, const std::vector<Buffer> *series,
                   int64_t position) {
  InputTable table = prepareInputs(data, series);
  const int64_t capacity =
      std::max<int64_t>(1, std::min<int64_t>(rowsAtOnce(table), int64_t(rows.size())));
  NN_TRY(engine.reserve(data.prepare, capacity));
  InputBuffers inputs;
  NN_TRY(inputs.allocate(table, engine.f64(), capacity, "rows"));
  std::vector<void *> out(fields.size());
  std::vector<Buffer> unused(fields.size());
  for (size_t f = 0; f < fields.size(); ++f)
    if (!fields[f])
      NN_TRY(unused[f].allocate(size_t(capacity * fieldSizes[f]) * sizeof(double), "rows"));
  for (int64_t first = 0; first < int64_t(rows.size()); first += capacity) {
    const int64_t count = std::min<int64_t>(capacity, int64_t(rows.size()) - first);
    table.position = position + first;
    inputs.fill(source, table, codeClasses, rows.data() + first, 0, count);
    NN_TRY(inputs.check(source, table, data, rows.data() + first, count));
    for (size_t f = 0; f < fields.size(); ++f)
      out[f] = fields[f] ? fields[f] + first * fieldSizes[f] *
                                           preparedBytes(data.fields[f], engine.elementBytes())
                         : unused[f].data();
    engine.call(data.prepare, inputs.in(), out.data(), count, capacity);
  }
  return Status();
}

Status prepareValue(Engine &engine, const DataT &data, const SeriesValueT &value,
                    const Source &source, const std::vector<int64_t> &rows,
                    const std::vector<ClassNumbers> &codeClasses, const std::vector<Buffer> &series,
                    int64_t position, double *to) {
  InputTable table{data.columns, value.inputs, 0, &series};
  const int64_t capacity =
      std::max<int64_t>(1, std::min<int64_t>(rowsAtOnce(table), int64_t(rows.size())));
  NN_TRY(engine.reserve(value.compute, capacity));
  InputBuffers inputs;
  NN_TRY(inputs.allocate(table, engine.f64(), capacity, "rows"));
  for (int64_t first = 0; first < int64_t(rows.size()); first += capacity) {
    const int64_t count = std::min<int64_t>(capacity, int64_t(rows.size()) - first);
    table.position = position + first;
    inputs.fill(source, table, codeClasses, rows.data() + first, 0, count);
    void *out = to + first * value.size;
    engine.call(value.compute, inputs.in(), &out, count, capacity);
  }
  return Status();
}

Status checkWidths(const Source &source, const InputTable &table, const std::string &where) {
  for (int32_t i : indices(table.inputs))
    for (int32_t c = 0; c < int32_t(table.inputs[i].columns.size()) && !table.inputs[i].wide; ++c) {
      const int32_t column = table.inputs[i].columns[c];
      if (source.isWide(table.first + column))
        return Status::error(format("`%s` has numbers that need 64 bits (%s); the program was "
                                    "compiled for smaller ones: compile it again, "
                                    "with this file",
                                    table.columns[column].name.c_str(),
                                    source.rows ? source.place(0).c_str() : ""))
            .at(where);
    }
  return Status();
}

} // namespace nnrt
