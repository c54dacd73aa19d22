// predict: computes a model's outputs for new rows. The subcommand reads a weight file, and a file
// with the raw columns of the data set that the model was trained on (columns that x does not
// depend on may be missing) or, for data that are not a table, x's elements. The statement uses
// what the model has learned in this run, and rows of a data set or of a source that the program
// names.
#include "runtime/predict/predict.h"
#include "runtime/support/indices.h"

#include "runtime/data/batches.h"
#include "runtime/data/targets.h"
#include "runtime/files/piped.h"
#include "runtime/predict/asked.h"
#include "runtime/predict/input.h"
#include "runtime/predict/new_rows.h"
#include "runtime/predict/table.h"
#include "runtime/process/signals.h"
#include "runtime/program/statements.h"
#include "runtime/run/overwrite.h"
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
  std::vector<int64_t> chosen;    // the rows of the source, if not all of them are predicted from
  const Dataset *data = nullptr;
  std::vector<int64_t> selected;
};

int64_t inputSize(const ModelT &model) { return elementCount(model.in_shape); }

/// Fails unless the data's input has as many elements as the model takes.
Status checkSize(const DataT &data, const ModelT &model) {
  const FieldT &field = data.fields[inputField(data)];
  const int64_t has = elementCount(field.shape), takes = inputSize(model);
  return has == takes ? Status()
                      : Status::error(format("`%s` of %s has %lld elements, %s takes %lld",
                                             field.name.c_str(), data.name.c_str(), (long long)has,
                                             model.name.c_str(), (long long)takes));
}

/// Reads a CSV file for a model that was never trained: x's elements are the first cells of its
/// rows.
Status readElements(Engine &engine, const SourceT &described, const std::string &path, int64_t size,
                    Rows &rows) {
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
Status checkRows(Engine &engine, const ModelT &model, Dataset *data, const Rows &rows,
                 const std::string &name) {
  if (!data)
    return checkInput(engine, model, rows.x.data(), rows.count, name, [&](int64_t row) {
      return rows.source->place(rows.chosen.empty() ? row : rows.chosen[size_t(row)]);
    });
  const int32_t field = inputField(*data->description);
  for (BoundT bound : model.bounds) {
    bound.field = field;
    NN_TRY(data->checkBound(engine, bound));
  }
  return model.computed ? checkTargets(engine, *data, {field}, *model.computed) : Status();
}

/// The model's outputs for all rows.
Status apply(Engine &engine, const ModelT &model, const Rows &rows, Buffer &outputs) {
  const int64_t outBytes = elementCount(model.out_shape) * engine.elementBytes();
  NN_TRY(outputs.allocate(size_t(rows.count) * outBytes, "the predictions"));
  const int64_t capacity = pieceRows(engine, model.predict, rows.count);
  Batches batches;
  if (rows.data) {
    const int32_t field = inputField(*rows.data->description);
    NN_TRY(batches.prepare(engine, *rows.data, {field}, capacity));
  }
  Tuning tuning;
  return forEachPiece(engine, model.predict, rows.count, [&](int64_t first, int64_t count) {
    void *out = outputs.data() + first * outBytes;
    if (rows.data) {
      const Gather gather = batches.gather(rows.selected.data() + first, count);
      if (!engine.call(model.predict, batches.in(), &out, count, capacity, tuning, &gather))
        return rows.data->parts.checkIntact();
    } else {
      const void *in = rows.x.data() + first * inputSize(model) * engine.elementBytes();
      engine.call(model.predict, &in, &out, count, capacity, tuning);
    }
    return Status();
  });
}

/// Applies the model and writes the table to `path`, or shows it if that is empty.
Status applyAndWrite(Run &run, const ModelT &model, const DataT *data, const Learned &learned,
                     const Rows &rows, const std::string &path) {
  Buffer outputs;
  NN_TRY(apply(run.engine, model, rows, outputs));
  if (data && normalizes(*data))
    toOwnUnits(run, model, *data, learned, {outputs.data(), run.engine.f64()}, rows.count);
  const std::string text =
      predictionTable(run, model, data, learned, {outputs.data(), run.engine.f64()}, rows.count);
  if (!path.empty())
    return writeFile(path, {{text.data(), text.size()}});
  run.say(text);
  return Status();
}

/// Reads what the model has learned from a weight file.
Status readLearned(const SafetensorsFile &weights, const DataT &data, Learned &learned) {
  NN_TRY(learnedFrom(weights, data.name, learned));
  const FieldT &field = data.fields[inputField(data)];
  const int64_t groups = statisticsSize(data, field);
  if ((field.flags & NN_FIELD_NORMALIZE) &&
      int64_t(learned.statistics[field.name].mean.size()) != groups)
    return Status::error(weights.path + " has no statistics to normalise `" + field.name + "` of " +
                         data.name + " with; save the model with this program");
  return Status();
}

/// Of a series, only rows that have their past are predicted from.
void noteChosen(Run &run, const DataT &data, const std::string &path, Rows &rows) {
  if (rows.chosen.empty())
    return;
  rows.count = int64_t(rows.chosen.size());
  if (rows.count < rows.source->rows)
    run.progress.note(format("note: %s: %s without the %s before them have no prediction",
                             path.c_str(), counted(rows.source->rows - rows.count, "row").c_str(),
                             counted(data.series->input_back, "row").c_str()));
}

/// The subcommand's input, as a source of the data set's columns.
Status openInput(Run &run, const DataT &data, std::unique_ptr<Source> &source) {
  NN_TRY(data.source->kind == NN_CSV ? openTable(run, data, source) : openAlike(run, data, source));
  if (source)
    return Status();
  int main = 0;
  for (int32_t c : indices(data.columns))
    if (data.columns[c].name == "image" || data.columns[c].name == "x")
      main = c;
  std::unique_ptr<MatrixSource> matrix;
  NN_TRY(openMatrix(SourceT{}, run.input, data.columns[main].size, matrix));
  matrix->main = main;
  for (int32_t c : indices(data.columns))
    matrix->sizes.push_back(data.columns[c].size);
  source = std::move(matrix);
  return Status();
}

/// predict with the model that the flags name.
Status predictAsked(Run &run) {
  FlushDenormals flush;
  SafetensorsFile weights;
  const ModelT *asked = nullptr;
  NN_TRY(askedModel(run, "predict", asked, weights));
  const ModelT &model = *asked;
  const std::string &path = run.flags.output;
  if (!path.empty()) {
    for (const std::string &read : {run.input, run.flags.weights})
      if (isSameFile(read, path))
        return Status::error("cannot write " + path + ": predict reads it; give another name");
    NN_TRY(checkOutput(run, path, true));
  }
  std::vector<std::string> unused;
  NN_TRY(loadModel(run.engine, model, weights, {}, unused));
  Rows rows;
  Learned learned;
  const DataT *data = model.data >= 0 ? &run.program.data[model.data] : nullptr;
  if (data) {
    NN_TRY(checkSize(*data, model));
    NN_TRY(readLearned(weights, *data, learned));
    NN_TRY(openInput(run, *data, rows.source));
    rows.count = rows.source->rows;
    NN_TRY(prepareInput(run.engine, *data, inputField(*data), *rows.source, run.input, learned,
                        rows.x, rows.chosen));
    noteChosen(run, *data, run.input, rows);
  } else {
    NN_TRY(readElements(run.engine, SourceT{}, run.input, inputSize(model), rows));
  }
  NN_TRY(checkRows(run.engine, model, nullptr, rows, data ? data->name : model.name));
  NN_TRY(applyAndWrite(run, model, data, learned, rows, path));
  if (data && normalizes(*data))
    notePredictedUnits(run, model, *data, learned);
  return Status();
}

/// The rows of a source that the program names, whose columns are those of the data set
/// `predict.data`.
Status sourceRows(Run &run, const PredictT &predict, bool unchecked, Rows &rows) {
  const SourceT &named = *predict.source;
  std::string path = "the new data"; // arrays and generators
  if (!named.path.empty())
    NN_TRY(findFile(named.path, run.folders, path).at(named.where));
  if (predict.data < 0)
    return readElements(run.engine, named, path, inputSize(run.program.models[predict.model]), rows)
        .at(predict.where);
  Dataset *trained = nullptr;
  NN_TRY(run.needFor(predict.model, predict.data, trained, unchecked));
  const DataT &data = *trained->description;
  const std::vector<ColumnRequest> requests = newRequests(data);
  NN_TRY(openSource(specOf(run.engine, named, run.folders), requests, rows.source));
  rows.count = rows.source->rows;
  NN_TRY(prepareInput(run.engine, data, inputField(data), *rows.source, path, trained->learned(),
                      rows.x, rows.chosen)
             .at(predict.where));
  noteChosen(run, data, path, rows);
  return Status();
}

Status rowsOf(Run &run, const PredictT &predict, bool unchecked, Rows &rows) {
  FlushDenormals flush;
  const ModelT &model = run.program.models[predict.model];
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
    return Status::error("`" + data->description->name + "` has no rows here").at(predict.where);
  return checkRows(run.engine, model, data, rows, "");
}

} // namespace

Status checkRowsOf(Run &run, const PredictT &predict, bool unchecked) {
  Rows rows;
  return rowsOf(run, predict, unchecked, rows);
}

Status predictRowsOf(Run &run, const PredictT &predict) {
  const ModelT &model = run.program.models[predict.model];
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
  if (data && normalizes(*data->description))
    notePredictedUnits(run, model, *data->description, data->learned());
  if (!predict.path.empty())
    run.progress.note("predicted " + counted(rows.count, "row") + " with " + predict.target + ": " +
                      predict.path);
  return Status();
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
