// predict: a CSV file in, a model's outputs out. The file has the raw columns of the data set that the model was
// trained on (columns that x does not depend on may be missing), or, for data that are not a table, x's elements.
#include "runtime/predict.h"

#include "runtime/metrics.h"
#include "runtime/predict_input.h"
#include "runtime/statements.h"
#include "runtime/suggest.h"
#include "runtime/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {
namespace {

class Predictor {
public:
  Predictor(Run &run, const nn_model &model)
      : run(run), engine(run.engine), model(model),
        data(model.data >= 0 ? &run.program.data[model.data] : nullptr) {}

  Status execute();

private:
  Status prepareInputs();
  Status readClasses();
  Status mapClasses();
  Status checkNeeds();
  Status dependsOn(int32_t column, bool &depends);
  Status normalise();
  bool selectsAnOutput() const;
  Status write(const Buffer &outputs);

  Run &run;
  Engine &engine;
  const nn_model &model;
  const nn_data *data;
  int32_t xField = 0;
  SafetensorsFile weights;
  std::unique_ptr<Source> source;
  std::vector<std::vector<std::string>> classes;   // for each column, from the weight file
  std::vector<std::vector<double>> codeClasses;    // for each column; -1: a class the model does not know
  int64_t rows = 0, inSize = 0, outSize = 0;
  Buffer x;
};

Status Predictor::readClasses() {
  classes.assign(data->n_columns, {});
  for (int32_t c = 0; c < data->n_columns; ++c)
    if (const std::string *text = weights.meta(classesKey(*data, data->columns[c])))
      if (classesFromText(*text, classes[c]).failed())
        return Status::error(weights.path + " is damaged: its list of classes of `" + data->columns[c].name +
                             "` cannot be read");
  return Status();
}

Status Predictor::mapClasses() {
  codeClasses.assign(data->n_columns, {});
  for (int32_t c = 0; c < data->n_columns; ++c) {
    const Category *category = source->category(c);
    if (!category || !source->has(c))
      continue;
    for (const std::string &name : category->names) {
      auto found = std::find(classes[c].begin(), classes[c].end(), name);
      codeClasses[c].push_back(found == classes[c].end() ? -1 : double(found - classes[c].begin()));
    }
    for (size_t code = 0; code < category->names.size(); ++code) {
      bool depends = false;
      if (codeClasses[c][code] >= 0)
        continue;
      NN_TRY(dependsOn(c, depends));
      if (depends)
        return Status::error(run.flags.input + ": `" + quoted(category->names[code]) + "` in column `" +
                             data->columns[c].name + "` is not a class that the model knows" +
                             didYouMean(category->names[code], classes[c]));
    }
  }
  return Status();
}

/// Whether x changes with a column: tried on the first row, since only the compiled `prepare` knows its formula.
Status Predictor::dependsOn(int32_t column, bool &depends) {
  depends = false;
  std::vector<Buffer> columns(data->n_columns), results(data->n_fields);
  std::vector<const void *> in;
  std::vector<void *> out;
  int64_t row = 0;
  for (int32_t c = 0; c < data->n_columns; ++c) {
    NN_TRY(columns[c].allocate(size_t(data->columns[c].size) * engine.elementBytes(), "a column"));
    source->fill(c, &row, 1, {columns[c].data(), engine.f64()});
    in.push_back(columns[c].data());
  }
  for (int32_t f = 0; f < data->n_fields; ++f) {
    NN_TRY(results[f].allocate(elementCount(data->fields[f].shape, data->fields[f].rank) * engine.elementBytes(), "x"));
    out.push_back(results[f].data());
  }
  NN_TRY(engine.reserve(data->prepare, 1));
  Elements values{columns[column].data(), engine.f64()};
  double base = values.get(0);
  std::vector<std::string> seen;
  for (double tried : {base, 0.0, 1.0, 2.0, base + 1, -base - 3, double(NAN)}) {
    for (int64_t i = 0; i < data->columns[column].size; ++i)
      values.set(i, tried);
    engine.call(data->prepare, in.data(), out.data(), 1, 1);
    seen.emplace_back(reinterpret_cast<char *>(results[xField].data()), size_t(inSize * engine.elementBytes()));
    depends |= seen.back() != seen.front();
  }
  return Status();
}

Status Predictor::checkNeeds() {
  for (int32_t c = 0; c < data->n_columns; ++c) {
    bool depends = false;
    if (source->has(c))
      continue;
    NN_TRY(dependsOn(c, depends));
    if (!depends)
      continue;
    std::vector<std::string> first;
    NN_TRY(firstRecord(run.flags.input, first));
    for (int32_t k = 0; k < data->n_columns; ++k) // a name that has its own use is not a misspelling
      first.erase(std::remove(first.begin(), first.end(), data->columns[k].name), first.end());
    return Status::error(run.flags.input + " has no column `" + data->columns[c].name + "`, which x is computed from" +
                         (isHeader(first) ? didYouMean(data->columns[c].name, first) : ""));
  }
  return Status();
}

Status Predictor::normalise() {
  const nn_field &field = data->fields[xField];
  if (!(field.flags & NN_FIELD_NORMALIZE))
    return Status();
  const TensorView *mean = weights.find(meanKey(*data, field)), *deviation = weights.find(deviationKey(*data, field));
  int64_t groups = field.stat_axis_size > 0 ? field.stat_axis_size : inSize;
  if (!mean || !deviation || mean->elements() != groups || deviation->elements() != groups)
    return Status::error(weights.path + " has no statistics to normalise `" + field.name + "` of " + data->name +
                         " with; save the model with this program");
  Statistics statistics;
  for (int64_t i = 0; i < groups; ++i) {
    statistics.mean.push_back(mean->get(i));
    statistics.deviation.push_back(deviation->get(i));
  }
  normalizeRows({x.data(), engine.f64()}, inSize, statistics, rows);
  return Status();
}

Status Predictor::prepareInputs() {
  if (!data) { // never trained: the input is x itself
    std::unique_ptr<MatrixSource> matrix;
    NN_TRY(openMatrix(run.flags.input, inSize, matrix));
    rows = matrix->rows;
    NN_TRY(x.allocate(size_t(rows) * inSize * engine.elementBytes(), "the input"));
    for (size_t i = 0; i < matrix->numbers.size(); ++i)
      Elements{x.data(), engine.f64()}.set(int64_t(i), matrix->numbers[i]);
    source = std::move(matrix);
    return Status();
  }
  for (int32_t f = 0; f < data->n_fields; ++f)
    if (!strcmp(data->fields[f].name, "x"))
      xField = f;
  if (elementCount(data->fields[xField].shape, data->fields[xField].rank) != inSize)
    return Status::error(format("`%s` of %s has %lld elements, %s takes %lld", data->fields[xField].name, data->name,
                                (long long)elementCount(data->fields[xField].shape, data->fields[xField].rank),
                                model.name, (long long)inSize));
  NN_TRY(readClasses());
  if (data->source.kind == NN_CSV) {
    NN_TRY(openTable(run, *data, source));
  } else {
    NN_TRY(openAlike(run, *data, source));
  }
  if (!source) {
    int main = 0;
    for (int32_t c = 0; c < data->n_columns; ++c)
      if (!strcmp(data->columns[c].name, "image") || !strcmp(data->columns[c].name, "x"))
        main = c;
    std::unique_ptr<MatrixSource> matrix;
    NN_TRY(openMatrix(run.flags.input, data->columns[main].size, matrix));
    matrix->main = main;
    for (int32_t c = 0; c < data->n_columns; ++c)
      matrix->sizes.push_back(data->columns[c].size);
    source = std::move(matrix);
  }
  rows = source->rows;
  NN_TRY(checkNeeds());
  NN_TRY(mapClasses());
  for (std::vector<double> &map : codeClasses)
    for (double &number : map)
      number = std::max(number, 0.0); // an unknown class of a column that does not matter
  std::vector<Buffer> fields(data->n_fields);
  std::vector<unsigned char *> into;
  std::vector<int64_t> sizes, all(rows);
  for (int32_t f = 0; f < data->n_fields; ++f) {
    sizes.push_back(elementCount(data->fields[f].shape, data->fields[f].rank));
    NN_TRY(fields[f].allocate(size_t(rows) * sizes[f] * engine.elementBytes(), "the input"));
    into.push_back(fields[f].data());
  }
  for (int64_t i = 0; i < rows; ++i)
    all[i] = i;
  NN_TRY(prepareRows(engine, *data, *source, all, codeClasses, into, sizes));
  x = std::move(fields[xField]);
  NN_TRY(normalise());
  for (int64_t i = 0; i < rows * inSize; ++i)
    if (double value = Elements{x.data(), engine.f64()}.get(i); !std::isfinite(value))
      return Status::error(format("%s: x[%lld] is %s", source->place(i / inSize).c_str(), (long long)(i % inSize),
                                  number(value).c_str()));
  return Status();
}

/// Whether a label selected one of the outputs in training: then the largest output is a class number.
bool Predictor::selectsAnOutput() const {
  return !forEachStatement(run.program, [&](const nn_statement &statement) {
    if (statement.kind != NN_STMT_TRAIN)
      return true;
    const nn_train &train = *static_cast<const nn_train *>(statement.body);
    for (int32_t b = 0; b < train.n_bounds; ++b)
      if (&run.program.models[train.model] == &model && train.bounds[b].bound == outSize)
        return false;
    return true;
  });
}

Status Predictor::write(const Buffer &outputs) {
  bool category = false;
  std::vector<std::string> names;
  for (int32_t f = 0; data && f < data->n_fields && !category; ++f)
    if (data->fields[f].flags & NN_FIELD_CATEGORY) {
      category = true;
      if (data->fields[f].category_column >= 0)
        names = classes[data->fields[f].category_column];
    }
  category = category || selectsAnOutput();
  category = category && outSize > 1 && (names.empty() || int64_t(names.size()) == outSize);
  std::string text;
  for (int64_t k = 0; k < outSize; ++k)
    text += (k ? "," : "") + (outSize == 1 ? std::string("output") : "output" + std::to_string(k + 1));
  text += category ? ",class\n" : "\n";
  Elements values{outputs.data(), engine.f64()};
  for (int64_t r = 0; r < rows; ++r) {
    int64_t best = 0;
    for (int64_t k = 0; k < outSize; ++k) {
      double value = values.get(r * outSize + k);
      text += format(engine.f64() ? "%s%.17g" : "%s%.9g", k ? "," : "", value);
      if (value > values.get(r * outSize + best))
        best = k;
    }
    if (category) {
      std::string name = names.empty() ? std::to_string(best) : names[best];
      if (name.find_first_of(",\"\n") != std::string::npos) {
        std::string doubled;
        for (char c : name)
          doubled += c == '"' ? "\"\"" : std::string(1, c);
        name = "\"" + doubled + "\"";
      }
      text += "," + name;
    }
    text += "\n";
  }
  if (!run.flags.output.empty())
    return writeFile(run.flags.output, {{text.data(), text.size()}});
  fwrite(text.data(), 1, text.size(), stdout);
  return Status();
}

Status Predictor::execute() {
  FlushDenormals flush;
  if (!model.predict.code)
    return Status::error(std::string(model.name) + " cannot predict: it has no input of its own");
  if (!run.flags.output.empty())
    NN_TRY(checkWritable(run.flags.output));
  inSize = elementCount(model.in_shape, model.in_rank);
  outSize = elementCount(model.out_shape, model.out_rank);
  NN_TRY(readSafetensors(run.flags.weights, weights));
  std::vector<std::string> unused;
  NN_TRY(loadModel(engine, model, weights, {}, unused));
  NN_TRY(prepareInputs());
  Buffer outputs;
  NN_TRY(outputs.allocate(size_t(rows) * outSize * engine.elementBytes(), "the predictions"));
  int64_t capacity = std::min(evalCapacity, rows);
  NN_TRY(engine.reserve(model.predict, capacity));
  Tuning tuning;
  for (int64_t first = 0; first < rows; first += capacity) {
    const void *in = x.data() + first * inSize * engine.elementBytes();
    void *out = outputs.data() + first * outSize * engine.elementBytes();
    engine.call(model.predict, &in, &out, std::min(capacity, rows - first), capacity, tuning);
  }
  return write(outputs);
}

} // namespace

Status predict(Run &run) {
  const nn_program &program = run.program;
  const std::vector<const nn_model *> models = shownModels(program);
  std::vector<std::string> names;
  for (const nn_model *model : models)
    names.push_back(model->name);
  if (names.empty())
    return Status::error("the program has no model");
  size_t chosen = 0;
  if (!run.flags.model.empty()) {
    chosen = size_t(std::find(names.begin(), names.end(), run.flags.model) - names.begin());
    if (chosen == names.size())
      return Status::error("there is no model `" + quoted(run.flags.model) + "`" + didYouMean(run.flags.model, names));
  } else if (names.size() > 1) {
    std::string list;
    for (const std::string &name : names)
      list += (list.empty() ? "" : ", ") + name;
    return Status::error("the program has several models; choose one with --model: " + list);
  }
  return Predictor(run, *models[chosen]).execute();
}

} // namespace nnrt
