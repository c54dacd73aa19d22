// Which columns x is computed from is found by trying, since only the compiled `prepare` knows its formula.
#include "runtime/predict_rows.h"

#include "runtime/predict_input.h"
#include "runtime/suggest.h"

#include <algorithm>
#include <cmath>

namespace nnrt {
namespace {

class InputRows {
public:
  InputRows(Engine &engine, const nn_data &data, int32_t field, const Source &source, const std::string &input, const Learned &learned)
      : engine(engine), data(data), field(field), source(source), input(input), learned(learned),
        size(elementCount(data.fields[field].shape, data.fields[field].rank)) {}

  Status compute(Buffer &x);

private:
  Status dependsOn(int32_t column, bool &depends);
  Status checkNeeds();
  Status mapClasses();
  Status checkAbsent();

  Engine &engine;
  const nn_data &data;
  int32_t field;
  const Source &source;
  const std::string &input;
  const Learned &learned;
  int64_t size;
  std::vector<std::vector<double>> codeClasses; // for each column; -1: a class the model does not know
};

Status InputRows::mapClasses() {
  codeClasses.assign(data.n_columns, {});
  for (int32_t c = 0; c < data.n_columns; ++c) {
    const Category *category = source.category(c);
    if (!category || !source.has(c))
      continue;
    const std::vector<std::string> &classes = learned.classes[c];
    for (const std::string &name : category->names) {
      auto found = std::find(classes.begin(), classes.end(), name);
      codeClasses[c].push_back(found == classes.end() ? -1 : double(found - classes.begin()));
    }
    for (size_t code = 0; code < category->names.size(); ++code) {
      bool depends = false;
      if (codeClasses[c][code] >= 0)
        continue;
      NN_TRY(dependsOn(c, depends));
      if (depends)
        return Status::error(input + ": `" + quoted(category->names[code]) + "` in column `" + data.columns[c].name +
                             "` is not a class that the model knows" + didYouMean(category->names[code], classes));
    }
  }
  return Status();
}

/// Whether x changes with a column, in the first row.
Status InputRows::dependsOn(int32_t column, bool &depends) {
  depends = false;
  std::vector<Buffer> columns(data.n_columns), results(data.n_fields);
  std::vector<const void *> in;
  std::vector<void *> out;
  int64_t row = 0;
  for (int32_t c = 0; c < data.n_columns; ++c) {
    NN_TRY(columns[c].allocate(size_t(data.columns[c].size) * engine.elementBytes(), "a column"));
    source.fill(c, &row, 1, {columns[c].data(), engine.f64()});
    in.push_back(columns[c].data());
  }
  for (int32_t f = 0; f < data.n_fields; ++f) {
    NN_TRY(results[f].allocate(elementCount(data.fields[f].shape, data.fields[f].rank) * engine.elementBytes(), "x"));
    out.push_back(results[f].data());
  }
  NN_TRY(engine.reserve(data.prepare, 1));
  Elements values{columns[column].data(), engine.f64()};
  double base = values.get(0);
  std::vector<std::string> seen;
  for (double tried : {base, 0.0, 1.0, 2.0, base + 1, -base - 3, double(NAN)}) {
    for (int64_t i = 0; i < data.columns[column].size; ++i)
      values.set(i, tried);
    engine.call(data.prepare, in.data(), out.data(), 1, 1);
    seen.emplace_back(reinterpret_cast<char *>(results[field].data()), size_t(size * engine.elementBytes()));
    depends |= seen.back() != seen.front();
  }
  return Status();
}

Status InputRows::checkNeeds() {
  for (int32_t c = 0; c < data.n_columns; ++c) {
    bool depends = false;
    if (source.has(c))
      continue;
    NN_TRY(dependsOn(c, depends));
    if (!depends)
      continue;
    std::vector<std::string> first = source.isTable() ? namesOf(data, input) : std::vector<std::string>();
    for (int32_t k = 0; k < data.n_columns; ++k) // a name that has its own use is not a misspelling
      first.erase(std::remove(first.begin(), first.end(), data.columns[k].name), first.end());
    return Status::error(input + " has no column `" + data.columns[c].name + "`, which " + data.fields[field].name +
                         " is computed from" + didYouMean(data.columns[c].name, first));
  }
  return Status();
}

/// A row without a value that x is computed from has no output, unless the data set says what takes its place.
Status InputRows::checkAbsent() {
  for (int32_t c = 0; c < data.n_columns; ++c) {
    const nn_column &column = data.columns[c];
    bool depends = false;
    if (source.absent(c).empty() || column.kind == NN_MISSING || (!learned.fills.empty() && !std::isnan(learned.fills[size_t(c)])))
      continue;
    NN_TRY(dependsOn(c, depends));
    if (!depends)
      continue;
    std::string text = format("%s: %s without a value in column `%s`, which %s is computed from\n  the first is at %s", input.c_str(),
                              counted(int64_t(source.absent(c).size()), "row").c_str(), column.name, data.fields[field].name,
                              source.firstAbsent(c).c_str());
    if (column.absent == NN_ABSENT_DROP)
      text += format("\n  each row needs an output, so `drop missing` does not help here; `fill %s = %s` does", column.name,
                     column.kind == NN_CATEGORY ? "mode" : "mean");
    else if (column.absent == NN_ABSENT_PREVIOUS)
      text += "\n  no row before it has one, so `previous` cannot fill it";
    else
      text += format("\n  `fill %s = %s` in the data set, before training, says what takes its place", column.name,
                     column.kind == NN_CATEGORY ? "mode" : "mean");
    return Status::error(text);
  }
  return Status();
}

Status InputRows::compute(Buffer &x) {
  NN_TRY(checkNeeds());
  NN_TRY(checkAbsent());
  NN_TRY(mapClasses());
  for (std::vector<double> &map : codeClasses)
    for (double &number : map)
      number = std::max(number, 0.0); // an unknown class of a column that does not matter
  const int64_t rows = source.rows;
  std::vector<Buffer> fields(data.n_fields);
  std::vector<unsigned char *> into;
  std::vector<int64_t> sizes, all(rows);
  for (int32_t f = 0; f < data.n_fields; ++f) {
    sizes.push_back(elementCount(data.fields[f].shape, data.fields[f].rank));
    NN_TRY(fields[f].allocate(size_t(rows) * sizes[f] * engine.elementBytes(), "the input"));
    into.push_back(fields[f].data());
  }
  for (int64_t i = 0; i < rows; ++i)
    all[i] = i;
  NN_TRY(prepareRows(engine, data, source, all, codeClasses, learned.fills, into, sizes));
  x = std::move(fields[field]);
  Elements values{x.data(), engine.f64()};
  if (!learned.statistics.mean.empty())
    normalizeRows(values, size, learned.statistics, rows);
  for (int64_t i = 0; i < rows * size; ++i)
    if (double value = values.get(i); !std::isfinite(value))
      return Status::error(format("%s: %s[%lld] is %s", source.place(i / size).c_str(), data.fields[field].name, (long long)(i % size),
                                  number(value).c_str()));
  return Status();
}

} // namespace

Status prepareInput(Engine &engine, const nn_data &data, int32_t field, const Source &source, const std::string &input,
                    const Learned &learned, Buffer &x) {
  return InputRows(engine, data, field, source, input, learned).compute(x);
}

} // namespace nnrt
