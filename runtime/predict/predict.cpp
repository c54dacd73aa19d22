// predict: computes a model's outputs for new rows. The subcommand reads a weight file, and a file
// with the raw columns of the data set that the model was trained on (columns that x does not
// depend on may be missing) or, for data that are not a table, x's elements. The statement uses
// what the model has learned in this run, and rows of a data set or of a source that the program
// names.
#include "runtime/predict/predict.h"

#include "runtime/data/batches.h"
#include "runtime/data/targets.h"
#include "runtime/files/piped.h"
#include "runtime/predict/input.h"
#include "runtime/predict/new_rows.h"
#include "runtime/predict/table.h"
#include "runtime/process/signals.h"
#include "runtime/program/statements.h"
#include "runtime/run/overwrite.h"
#include "runtime/support/suggest.h"
#include "runtime/weights/weights.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {
namespace {

/// The rows to which a model is applied: x, row after row, or rows of a data set.
struct Rows {
  int64_t count = 0;
  Buffer x;
  std::unique_ptr<Source> source; // of x
  const Dataset *data = nullptr;
  std::vector<int64_t> selected;
};

int64_t inputSize(const nn_model &model) { return elementCount(model.in_shape, model.in_rank); }

/// Fails unless the data's input has as many elements as the model takes.
Status checkSize(const nn_data &data, const nn_model &model) {
  const nn_field &field = data.fields[inputField(data)];
  const int64_t has = elementCount(field.shape, field.rank), takes = inputSize(model);
  return has == takes
             ? Status()
             : Status::error(format("`%s` of %s has %lld elements, %s takes %lld", field.name,
                                    data.name, (long long)has, model.name, (long long)takes));
}

/// Reads a CSV file for a model that was never trained: x's elements are the first cells of its
/// rows.
Status readElements(Engine &engine, const nn_source &described, const std::string &path,
                    int64_t size, Rows &rows) {
  std::unique_ptr<MatrixSource> matrix;
  NN_TRY(openMatrix(described, path, size, matrix));
  rows.count = matrix->rows;
  NN_TRY(rows.x.allocate(size_t(rows.count) * size * engine.elementBytes(), "the input"));
  for (size_t i = 0; i < matrix->numbers.size(); ++i)
    Elements{rows.x.data(), engine.f64()}.set(int64_t(i), matrix->numbers[i]);
  rows.source = std::move(matrix);
  return Status();
}

/// Fails if a number of x that indexes elements in the model is out of range.
Status checkRows(Engine &engine, const nn_model &model, Dataset *data, const Rows &rows,
                 const char *name) {
  if (!data)
    return checkInput(engine, model, rows.x.data(), rows.count, name,
                      [&](int64_t row) { return rows.source->place(row); });
  const int32_t field = inputField(*data->description);
  for (int32_t b = 0; b < model.n_bounds; ++b) {
    nn_bound bound = model.bounds[b];
    bound.field = field;
    NN_TRY(data->checkBound(engine, bound));
  }
  return model.targets ? checkTargets(engine, *data, &field, 1, *model.targets) : Status();
}

/// The model's outputs for all rows.
Status apply(Engine &engine, const nn_model &model, const Rows &rows, Buffer &outputs) {
  const int64_t outBytes = elementCount(model.out_shape, model.out_rank) * engine.elementBytes();
  NN_TRY(outputs.allocate(size_t(rows.count) * outBytes, "the predictions"));
  const int64_t capacity = pieceRows(model.predict, rows.count);
  Batches batches;
  if (rows.data) {
    const int32_t field = inputField(*rows.data->description);
    NN_TRY(batches.prepare(engine, *rows.data, &field, 1, capacity));
  }
  Tuning tuning;
  return forEachPiece(engine, model.predict, rows.count, [&](int64_t first, int64_t count) {
    void *out = outputs.data() + first * outBytes;
    if (rows.data) {
      const Gather gather = batches.gather(rows.selected.data() + first, count);
      if (!engine.call(model.predict, batches.in(), &out, count, capacity, tuning, &gather))
        return rows.data->checkIntact();
    } else {
      const void *in = rows.x.data() + first * inputSize(model) * engine.elementBytes();
      engine.call(model.predict, &in, &out, count, capacity, tuning);
    }
    return Status();
  });
}

/// Applies the model and writes the table to `path`, or shows it if that is null.
Status applyAndWrite(Run &run, const nn_model &model, const nn_data *data, const Learned &learned,
                     const Rows &rows, const char *path) {
  Buffer outputs;
  NN_TRY(apply(run.engine, model, rows, outputs));
  const std::string text =
      predictionTable(run, model, data, learned, {outputs.data(), run.engine.f64()}, rows.count);
  if (path)
    return writeFile(path, {{text.data(), text.size()}});
  run.say(text);
  return Status();
}

/// Reads what the model has learned from a weight file.
Status readLearned(const SafetensorsFile &weights, const nn_data &data, Learned &learned) {
  NN_TRY(learnedFrom(weights, data.name, learned));
  const nn_field &field = data.fields[inputField(data)];
  const int64_t groups =
      field.stat_axis_size > 0 ? field.stat_axis_size : elementCount(field.shape, field.rank);
  if ((field.flags & NN_FIELD_NORMALIZE) &&
      int64_t(learned.statistics[field.name].mean.size()) != groups)
    return Status::error(weights.path + " has no statistics to normalise `" + field.name + "` of " +
                         data.name + " with; save the model with this program");
  return Status();
}

/// The subcommand's input, as a source of the data set's columns.
Status openInput(Run &run, const nn_data &data, std::unique_ptr<Source> &source) {
  NN_TRY(data.source.kind == NN_CSV ? openTable(run, data, source) : openAlike(run, data, source));
  if (source)
    return Status();
  int main = 0;
  for (int32_t c = 0; c < data.n_columns; ++c)
    if (!strcmp(data.columns[c].name, "image") || !strcmp(data.columns[c].name, "x"))
      main = c;
  std::unique_ptr<MatrixSource> matrix;
  NN_TRY(openMatrix(nn_source{}, run.input, data.columns[main].size, matrix));
  matrix->main = main;
  for (int32_t c = 0; c < data.n_columns; ++c)
    matrix->sizes.push_back(data.columns[c].size);
  source = std::move(matrix);
  return Status();
}

/// A choice for the subcommand's --model: a model of the program, or the result of a search.
struct Choice {
  std::string name;
  const nn_model *model = nullptr;
  const nn_experiment *search = nullptr;
};

std::vector<Choice> choicesOf(const nn_program &program) {
  std::vector<Choice> choices;
  for (const nn_model *model : shownModels(program))
    choices.push_back({model->name, model, nullptr});
  forEachStatement(program, [&](const nn_statement &statement) {
    if (statement.kind != NN_STMT_EXPERIMENT)
      return true;
    const auto *search = static_cast<const nn_experiment *>(statement.body);
    if (search->method != NN_COMPARE && *search->name && search->n_variants &&
        program.models[search->variants[0].model].hidden)
      choices.push_back({search->name, nullptr, search});
    return true;
  });
  return choices;
}

Status predictFile(Run &run, const Choice &choice) {
  FlushDenormals flush;
  SafetensorsFile weights;
  NN_TRY(readSafetensors(run.flags.weights, weights));
  const nn_variant *variant = nullptr;
  if (choice.search)
    NN_TRY(chosenVariant(run.engine, *choice.search, weights, variant));
  const nn_model &model = variant ? run.program.models[variant->model] : *choice.model;
  if (!model.predict.code)
    return Status::error(std::string(model.name) + " cannot predict: it has no input of its own");
  const char *path = run.flags.output.empty() ? nullptr : run.flags.output.c_str();
  if (path) {
    for (const std::string &read : {run.input, run.flags.weights})
      if (isSameFile(read, path))
        return Status::error(std::string("cannot write ") + path +
                             ": predict reads it; give another name");
    NN_TRY(checkOutput(run, path, true));
  }
  std::vector<std::string> unused;
  NN_TRY(loadModel(run.engine, model, weights, {}, unused));
  Rows rows;
  Learned learned;
  const nn_data *data = model.data >= 0 ? &run.program.data[model.data] : nullptr;
  if (data) {
    NN_TRY(checkSize(*data, model));
    NN_TRY(readLearned(weights, *data, learned));
    NN_TRY(openInput(run, *data, rows.source));
    rows.count = rows.source->rows;
    NN_TRY(prepareInput(run.engine, *data, inputField(*data), *rows.source, run.input, learned,
                        rows.x));
  } else {
    NN_TRY(readElements(run.engine, nn_source{}, run.input, inputSize(model), rows));
  }
  NN_TRY(checkRows(run.engine, model, nullptr, rows, data ? data->name : model.name));
  NN_TRY(applyAndWrite(run, model, data, learned, rows, path));
  if (data)
    notePredictedUnits(run, model, *data, learned);
  return Status();
}

/// The rows of a source that the program names, whose columns are those of the data set
/// `predict.data`.
Status sourceRows(Run &run, const nn_predict &predict, bool unchecked, Rows &rows) {
  const nn_source &named = *predict.source;
  std::string path = "the new data"; // for arrays and generators
  if (named.path)
    NN_TRY(findFile(named.path, run.folders, path).at(named.where));
  if (predict.data < 0)
    return readElements(run.engine, named, path, inputSize(run.program.models[predict.model]), rows)
        .at(predict.where);
  Dataset *trained = nullptr;
  NN_TRY(run.needFor(predict.model, predict.data, trained, unchecked));
  const nn_data &data = *trained->description;
  std::vector<ColumnRequest> requests;
  for (int32_t c = 0; c < data.n_columns; ++c)
    requests.push_back(requestFor(data.columns[c], true));
  NN_TRY(openSource(specOf(run.engine, named, run.folders), requests, rows.source));
  rows.count = rows.source->rows;
  return prepareInput(run.engine, data, inputField(data), *rows.source, path, trained->learned(),
                      rows.x)
      .at(predict.where);
}

Status rowsOf(Run &run, const nn_predict &predict, bool unchecked, Rows &rows) {
  FlushDenormals flush;
  const nn_model &model = run.program.models[predict.model];
  if (predict.source) {
    NN_TRY(sourceRows(run, predict, unchecked, rows));
    return checkRows(run.engine, model, nullptr, rows,
                     predict.data < 0 ? model.name : run.program.data[predict.data].name);
  }
  Dataset *data = nullptr;
  NN_TRY(run.needFor(predict.model, predict.data, data, unchecked));
  rows.data = data;
  rows.selected = data->splitRows(predict.split);
  rows.count = int64_t(rows.selected.size());
  if (!rows.count)
    return Status::error(std::string("`") + data->description->name + "` has no rows here")
        .at(predict.where);
  return checkRows(run.engine, model, data, rows, nullptr);
}

} // namespace

Status checkPredict(Run &run, const nn_predict &predict, bool unchecked) {
  Rows rows;
  return rowsOf(run, predict, unchecked, rows);
}

Status runPredict(Run &run, const nn_predict &predict) {
  const nn_model &model = run.program.models[predict.model];
  Rows rows;
  NN_TRY(rowsOf(run, predict, false, rows));
  // The names of classes are those of the model's training, if there was one.
  const int32_t index = model.data >= 0 ? model.data : predict.data;
  Dataset *data = nullptr;
  if (index >= 0)
    NN_TRY(run.needFor(predict.model, index, data));
  FlushDenormals flush;
  NN_TRY(applyAndWrite(run, model, data ? data->description : nullptr,
                       data ? data->learned() : Learned(), rows, predict.path)
             .at(predict.where));
  if (data)
    notePredictedUnits(run, model, *data->description, data->learned());
  if (predict.path)
    run.progress.note(format("predicted %s with %s: %s", counted(rows.count, "row").c_str(),
                             predict.target, predict.path));
  return Status();
}

/// The model that the flags name.
static Status predictAsked(Run &run) {
  const nn_program &program = run.program;
  const std::vector<Choice> choices = choicesOf(program);
  std::vector<std::string> names;
  for (const Choice &choice : choices)
    names.push_back(choice.name);
  if (names.empty())
    return Status::error("the program has no model to predict with");
  size_t chosen = 0;
  if (!run.flags.model.empty()) {
    chosen = size_t(std::find(names.begin(), names.end(), run.flags.model) - names.begin());
    if (chosen == names.size())
      return Status::error("there is no model `" + quoted(run.flags.model) + "`" +
                           didYouMean(run.flags.model, names));
  } else if (names.size() > 1) {
    std::string list;
    for (const std::string &name : names)
      list += (list.empty() ? "" : ", ") + name;
    return Status::error("the program has several models; choose one with --model: " + list);
  }
  return predictFile(run, choices[chosen]);
}

Status predict(Run &run) {
  run.input = run.flags.input;
  if (run.input != "-")
    return predictAsked(run);
  PipedInput piped;
  Status status = piped.read();
  if (pendingSignal()) {
    run.signal = pendingSignal();
    return Status();
  }
  if (!status.failed()) {
    run.input = piped.path();
    status = predictAsked(run);
  }
  return status.failed() ? Status::error(PipedInput::named(status.message())) : Status();
}

} // namespace nnrt
