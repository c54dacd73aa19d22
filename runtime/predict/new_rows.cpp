// Computes x for new rows. The columns that x depends on are found by trying, because only the
// compiled `prepare` knows the formula.
#include "runtime/predict/new_rows.h"
#include "runtime/support/indices.h"

#include "runtime/data/dataset.h"
#include "runtime/data/split.h"
#include "runtime/predict/input.h"
#include "runtime/support/suggest.h"

#include <algorithm>
#include <cmath>

namespace nnrt {
namespace {

class InputRows {
public:
  InputRows(Engine &engine, const DataT &data, int32_t field, const Source &source,
            const std::string &input, const Learned &learned)
      : engine(engine), data(data), field(field), source(source), input(input), learned(learned),
        size(elementCount(data.fields[field].shape)) {}

  Status compute(Buffer &x, std::vector<int64_t> &chosen);

private:
  Status change(const std::vector<int32_t> &columns, bool &depends);
  Status dependsOn(int32_t column, bool &depends) { return change({column}, depends); }
  Status firstOf(std::vector<int32_t> columns, int32_t &first);
  Status checkNeeds();
  Status computeRows(Buffer &x, int64_t &rows, std::vector<int64_t> &chosen);
  Status computeSeries(std::vector<Buffer> &fields, std::vector<int64_t> &chosen);
  Status mapClasses();
  Status checkAbsent();
  Status mapNames(int32_t column, const Category &category);
  Status mapNumbers(int32_t column);
  Status unknown(int32_t column, const std::string &name) const;

  Engine &engine;
  const DataT &data;
  int32_t field;
  const Source &source;
  const std::string &input;
  const Learned &learned;
  int64_t size;
  std::vector<ClassNumbers> codeClasses; // for each column
  Parts ordered;                         // of a series
};

Status InputRows::unknown(int32_t column, const std::string &name) const {
  return Status::error(input + ": `" + quoted(name) + "` in column `" + data.columns[column].name +
                       "` is not a class that the model knows" +
                       didYouMean(name, *learned.classesOf(data.columns[column].name)));
}

Status InputRows::mapNames(int32_t c, const Category &category) {
  static const std::vector<std::string> none;
  const std::vector<std::string> *known = learned.classesOf(data.columns[c].name),
                                 &classes = known ? *known : none;
  std::vector<double> &byCode = codeClasses[c].byCode;
  byCode = placesAmong(classes, category.names, source.isTable());
  if (data.columns[c].least)
    takeOther(classes, byCode);
  for (size_t code = 0; known && code < byCode.size(); ++code) {
    bool depends = false;
    if (byCode[code] >= 0)
      continue;
    ClassNumbers kept; // the codes without classes, while columns are tried
    std::swap(kept, codeClasses[c]);
    NN_TRY(dependsOn(c, depends));
    std::swap(kept, codeClasses[c]);
    if (depends)
      return unknown(c, category.names[code]);
  }
  for (double &number : byCode)
    number = std::max(number, 0.0); // an unknown class in a column that does not matter
  return Status();
}

Status InputRows::mapNumbers(int32_t c) {
  const std::vector<std::string> *classes = learned.classesOf(data.columns[c].name);
  if (!classes || classes->empty())
    return Status();
  bool depends = false;
  NN_TRY(dependsOn(c, depends));
  if (!depends)
    return Status();
  const ClassNumbers numbers = classesOfNumbers(*classes);
  std::vector<double> values(static_cast<size_t>(data.columns[c].size));
  for (int64_t row = 0; row < source.rows; ++row) {
    source.fill(c, &row, 1, Elements{values.data(), true});
    for (double value : values)
      if (!numbers.isNeeded() || numbers.of(value) < 0)
        return unknown(c, number(value));
  }
  codeClasses[c] = numbers;
  return Status();
}

Status InputRows::mapClasses() {
  codeClasses.assign(int32_t(data.columns.size()), {});
  for (int32_t c : indices(data.columns)) {
    if (isText(data.columns[c])) {
      static const std::vector<std::string> none;
      const std::vector<std::string> *known = learned.classesOf(learnedName(data.columns[c]));
      numberTexts(data.columns[c], *source.texts(c), known ? *known : none, codeClasses[c]);
    }
    if (!source.has(c) || data.columns[c].kind != NN_CATEGORY)
      continue;
    const Category *category = source.category(c);
    if (category) {
      NN_TRY(mapNames(c, *category));
    } else if (data.columns[c].numbered) {
      NN_TRY(mapNumbers(c));
    }
  }
  return Status();
}

/// Whether x changes with any of these columns, in the first row.
Status InputRows::change(const std::vector<int32_t> &columns, bool &depends) {
  depends = false;
  if (data.series) { // x also depends on other rows, whose columns the compiler has listed
    for (int32_t column : columns)
      depends |= data.columns[column].for_input;
    return Status();
  }
  const InputTable table = prepareInputs(data);
  InputBuffers inputs;
  NN_TRY(inputs.allocate(table, engine.f64(), 1, "a row"));
  const std::vector<ClassNumbers> asTheyAre(static_cast<size_t>(int32_t(data.columns.size())));
  const int64_t row = 0;
  inputs.fill(source, table, asTheyAre, &row, 0, 1);
  std::vector<Buffer> results(int32_t(data.fields.size()));
  std::vector<void *> out;
  for (int32_t f : indices(data.fields)) {
    NN_TRY(results[f].allocate(elementCount(data.fields[f].shape) * sizeof(double), "x"));
    out.push_back(results[f].data());
  }
  NN_TRY(engine.reserve(data.prepare, 1));
  struct Place {
    Elements values;
    int64_t element;
    double base;
  };
  std::vector<Place> places;
  std::vector<char> isTried(static_cast<size_t>(int32_t(data.columns.size())));
  for (int32_t column : columns)
    isTried[size_t(column)] = 1;
  for (int32_t i : indices(table.inputs)) {
    int64_t element = 0;
    for (int32_t k : indices(table.inputs[i].columns)) {
      const int32_t column = table.inputs[i].columns[k];
      for (int64_t end = element + data.columns[column].size; element < end; ++element)
        if (isTried[size_t(column)])
          places.push_back({inputs.at(i, 0), element, inputs.at(i, 0).get(element)});
    }
  }
  const size_t bytes = size_t(size) * preparedBytes(data.fields[field], engine.elementBytes());
  std::vector<std::string> seen;
  const double same = 0, nan = NAN;
  for (int trial = 0; trial < 7; ++trial) {
    // Columns get different numbers, so that their differences change too.
    for (size_t p = 0; p < places.size(); ++p) {
      const double base = places[p].base, own = double(p % 97);
      const double tried[] = {base, same, 1, 2 + own, base + 1 + own, -base - 3 - own, nan};
      places[p].values.set(places[p].element, tried[trial]);
    }
    engine.call(data.prepare, inputs.in(), out.data(), 1, 1);
    seen.emplace_back(reinterpret_cast<char *>(results[field].data()), bytes);
    depends |= seen.back() != seen.front();
  }
  return Status();
}

/// If x changes when all of these columns change, the first column that alone changes it; -1: none
/// does.
Status InputRows::firstOf(std::vector<int32_t> columns, int32_t &first) {
  while (columns.size() > 1) {
    std::vector<int32_t> half(columns.begin(),
                              columns.begin() + std::ptrdiff_t(columns.size() / 2));
    bool depends = false;
    NN_TRY(change(half, depends));
    if (depends)
      columns = std::move(half);
    else
      columns.erase(columns.begin(), columns.begin() + std::ptrdiff_t(half.size()));
  }
  first = columns.front();
  return Status();
}

Status InputRows::checkNeeds() {
  std::vector<int32_t> missing;
  for (int32_t c : indices(data.columns))
    if (!source.has(c))
      missing.push_back(c);
  bool depends = false;
  if (!missing.empty())
    NN_TRY(change(missing, depends));
  if (!depends)
    return Status();
  int32_t needed = 0;
  NN_TRY(firstOf(std::move(missing), needed));
  std::vector<std::string> first =
      source.isTable() ? namesOf(data, input) : std::vector<std::string>();
  for (int32_t k = 0; k < int32_t(data.columns.size()) && int32_t(data.columns.size()) < 100;
       ++k) // a name that has its own use is not a misspelling
    first.erase(std::remove(first.begin(), first.end(), data.columns[k].name), first.end());
  return Status::error(input + " has no column `" + data.columns[needed].name + "`, which " +
                       data.fields[field].name + " is computed from" +
                       didYouMean(data.columns[needed].name, first));
}

/// A row without a value that x is computed from has no output, unless the data set says what
/// replaces it.
Status InputRows::checkAbsent() {
  for (int32_t c : indices(data.columns)) {
    const ColumnT &column = data.columns[c];
    bool depends = false;
    int64_t count = int64_t(source.absent(c).size());
    if (data.series) {
      if (column.absent == NN_ABSENT_DROP)
        continue; // windows do not reach over it
      if (auto filled = ordered[0].previous.find(c); filled != ordered[0].previous.end())
        count -= int64_t(filled->second.size());
    }
    if (!count || column.kind == NN_MISSING || !std::isnan(learned.fillOf(column)))
      continue;
    NN_TRY(dependsOn(c, depends));
    if (!depends)
      continue;
    std::string text = format(
        "%s: %s without a value in column `%s`, which %s is computed from\n  the first is at %s",
        input.c_str(), counted(count, "row").c_str(), column.name.c_str(),
        data.fields[field].name.c_str(), source.firstAbsent(c).c_str());
    if (column.absent == NN_ABSENT_DROP)
      text += format(
          "\n  each row needs an output, so `drop missing` does not help here; `fill %s = %s` does",
          column.name.c_str(), column.kind == NN_CATEGORY ? "mode" : "mean");
    else if (column.absent == NN_ABSENT_PREVIOUS)
      text += "\n  no row before it has one, so `previous` cannot fill it";
    else
      text +=
          format("\n  `fill %s = %s` in the data set, before training, says what takes its place",
                 column.name.c_str(), column.kind == NN_CATEGORY ? "mode" : "mean");
    return Status::error(text);
  }
  return Status();
}

Status InputRows::computeSeries(std::vector<Buffer> &fields, std::vector<int64_t> &chosen) {
  const std::vector<ClassNumbers> *classes[] = {&codeClasses};
  std::vector<Buffer> values;
  NN_TRY(prepareValues(engine, data, ordered, classes, values));
  const std::vector<RowRun> runs = runsOf(ordered, data.series->input_back, 0);
  std::vector<int64_t> sizes, places; // the place of each row among the results
  for (const FieldT &f : data.fields)
    sizes.push_back(elementCount(f.shape));
  for (const RowRun &run : runs)
    for (int64_t row : ordered.sourceRows(run))
      chosen.push_back(row);
  if (chosen.empty())
    return Status::error(format("%s: no row has the %s before it that `%s` is computed from",
                                input.c_str(), counted(data.series->input_back, "row").c_str(),
                                data.fields[field].name.c_str()));
  for (int32_t f : indices(data.fields))
    NN_TRY(fields[size_t(f)].allocate(size_t(int64_t(chosen.size()) * sizes[size_t(f)]) *
                                          preparedBytes(data.fields[f], engine.elementBytes()),
                                      "the input"));
  int64_t done = 0;
  for (const RowRun &run : runs) {
    std::vector<unsigned char *> into;
    for (int32_t f : indices(data.fields))
      into.push_back(fields[size_t(f)].data() +
                     done * sizes[size_t(f)] *
                         int64_t(preparedBytes(data.fields[f], engine.elementBytes())));
    NN_TRY(prepareRows(engine, data, source, ordered.sourceRows(run), codeClasses, into, sizes,
                       &values, run.first));
    done += run.last - run.first;
  }
  return Status();
}

/// Puts rows of x into the order of their source.
static void sortRows(std::vector<int64_t> &chosen, Buffer &x, Buffer &sorted) {
  std::vector<size_t> order(chosen.size());
  for (size_t i = 0; i < order.size(); ++i)
    order[i] = i;
  std::sort(order.begin(), order.end(), [&](size_t a, size_t b) { return chosen[a] < chosen[b]; });
  const size_t bytes = x.size() / chosen.size();
  for (size_t i = 0; i < order.size(); ++i)
    std::copy_n(x.data() + order[i] * bytes, bytes, sorted.data() + i * bytes);
  std::sort(chosen.begin(), chosen.end());
}

Status InputRows::compute(Buffer &x, std::vector<int64_t> &chosen) {
  if (data.series) {
    for (int32_t c : indices(data.where_columns))
      if (data.where_columns[c].for_input && !source.has(int32_t(data.columns.size()) + c))
        return Status::error(input + " has no column `" + data.where_columns[c].name +
                             "`, by which the rows of the series are in order");
    NN_TRY(ordered.openNew(engine, data, source));
  }
  int64_t rows = 0;
  NN_TRY(computeRows(x, rows, chosen));
  Elements values{x.data(), engine.f64()};
  for (int64_t i = 0; i < rows * size; ++i)
    if (double value = values.get(i); !std::isfinite(value))
      return Status::error(
          format("%s: %s[%lld] is %s",
                 source.place(chosen.empty() ? i / size : chosen[size_t(i / size)]).c_str(),
                 data.fields[field].name.c_str(), (long long)(i % size), number(value).c_str()));
  if (chosen.empty())
    return Status();
  Buffer sorted;
  NN_TRY(sorted.allocate(x.size(), "the input"));
  sortRows(chosen, x, sorted);
  x = std::move(sorted);
  return Status();
}

Status InputRows::computeRows(Buffer &x, int64_t &rows, std::vector<int64_t> &chosen) {
  NN_TRY(checkNeeds());
  NN_TRY(checkAbsent());
  NN_TRY(mapClasses());
  for (int32_t c : indices(data.columns))
    if (source.has(c) && !source.absent(c).empty())
      codeClasses[c].absent = learned.fillOf(data.columns[c]);
  if (data.series)
    for (const auto &[column, previous] : ordered[0].previous)
      codeClasses[size_t(column)].previous = &previous;
  NN_TRY(checkWidths(source, prepareInputs(data), ""));
  rows = source.rows;
  std::vector<Buffer> fields(data.fields.size());
  std::vector<unsigned char *> into;
  std::vector<int64_t> sizes;
  if (data.series) {
    NN_TRY(computeSeries(fields, chosen));
    rows = int64_t(chosen.size());
  }
  for (int32_t f : indices(data.fields)) {
    sizes.push_back(elementCount(data.fields[f].shape));
    if (data.series)
      continue;
    NN_TRY(fields[f].allocate(size_t(rows) * sizes[f] *
                                  preparedBytes(data.fields[f], engine.elementBytes()),
                              "the input"));
    into.push_back(fields[f].data());
  }
  if (!data.series)
    NN_TRY(prepareRows(engine, data, source, allRows(rows), codeClasses, into, sizes));
  if (isExact(data.fields[field])) {
    NN_TRY(x.allocate(size_t(rows) * size * engine.elementBytes(), "the input"));
    const double *from = reinterpret_cast<const double *>(fields[field].data());
    auto statistics = learned.statistics.find(data.fields[field].name);
    // Of windows each step has the same statistics.
    const int64_t step =
        data.fields[field].window < 0 ? size : statisticsSize(data, data.fields[field]);
    if (statistics != learned.statistics.end())
      normalizeRows(from, step, statistics->second, rows * (size / step), {x.data(), engine.f64()});
    else
      return Status::error("nothing is known of the mean of `" + data.fields[field].name + "`");
  } else {
    x = std::move(fields[field]);
  }
  return Status();
}

} // namespace

std::vector<ColumnRequest> newRequests(const DataT &data) {
  std::vector<ColumnRequest> requests;
  for (const ColumnT &column : data.columns)
    requests.push_back(requestFor(column, true));
  if (data.series) { // their order, and the row before as that of the series
    for (const ColumnT &column : data.where_columns)
      requests.push_back(requestFor(column, true));
    for (ColumnRequest &request : requests)
      request.absent = NN_ABSENT_ERROR;
  }
  return requests;
}

Status prepareInput(Engine &engine, const DataT &data, int32_t field, const Source &source,
                    const std::string &input, const Learned &learned, Buffer &x,
                    std::vector<int64_t> &chosen) {
  return InputRows(engine, data, field, source, input, learned).compute(x, chosen);
}

} // namespace nnrt
