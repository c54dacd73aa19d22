// Executes evaluate and print statements: results on standard output.
#include "runtime/evaluate/metrics.h"
#include "runtime/process/signals.h"
#include "runtime/run/run.h"
#include "runtime/terminal/tables.h"

namespace nnrt {

std::vector<std::string> classNames(const Dataset &data, int32_t field) {
  if (field < 0)
    return {};
  const nn_field &f = data.description->fields[field];
  if (!(f.flags & NN_FIELD_CATEGORY) || f.category_column < 0)
    return {};
  return data.classes[f.category_column];
}

Status runEvaluate(Run &run, const nn_evaluate &evaluate) {
  Dataset *data = nullptr;
  NN_TRY(run.needFor(evaluate.model, evaluate.data, data));
  static const char *const splitNames[] = {".train", ".val", ".test", ""};
  EvaluateRecord record;
  record.model = evaluate.target;
  record.group = run.group;
  record.groupPlace = run.groupPlace;
  record.variant = run.variant;
  record.data = std::string(data->description->name) + splitNames[evaluate.split];
  std::vector<int64_t> rows = data->splitRows(evaluate.split);
  record.rows = int64_t(rows.size());
  if (rows.empty())
    return Status::error(record.data + " has no rows").at(evaluate.where);

  noteUnits(run, *data->description, data->learned(), evaluate.fields, evaluate.n_fields);
  Totals totals;
  Tuning tuning;
  NN_TRY(totals.prepare(run.engine, evaluate.metrics, evaluate.n_metrics, false));
  const double began = now();
  NN_TRY(evaluateRows(run.engine, *data, evaluate.fields, evaluate.n_fields, evaluate.eval, rows,
                      totals, tuning));
  if (pendingSignal())
    return Status();
  record.seconds = now() - began;
  record.classes = classNames(*data, labelField(run.program, evaluate));
  if (run.reported)
    NN_TRY(findMistakes(run, evaluate, *data, rows, record));

  std::string line, tables;
  for (int32_t m = 0; m < evaluate.n_metrics; ++m) {
    const nn_metric &metric = evaluate.metrics[m];
    EvaluateRecord::Value value;
    value.name = metric.name;
    value.shape.assign(metric.shape, metric.shape + metric.rank);
    NN_TRY(totals.finish(run.engine, m, value.values));
    if (metric.rank == 0)
      line +=
          format("%s %s %s", line.empty() ? "" : " ", metric.name, number(value.values[0]).c_str());
    else
      tables +=
          std::string(metric.name) + ":\n" + valueText(value.values, value.shape, record.classes);
    record.metrics.push_back(std::move(value));
  }
  run.say(format("evaluate %s on %s:", record.model.c_str(), record.data.c_str()) + line + "\n" +
          tables);
  NN_TRY(run.recorder.evaluated(record));
  run.evaluated.push_back(std::move(record));
  return Status();
}

Status runPrint(Run &run, const nn_print &print) {
  if (!print.fn.code) {
    run.say(std::string(print.text) + "\n");
    return Status();
  }
  Engine &engine = run.engine;
  int64_t count = elementCount(print.shape, print.rank);
  Buffer result;
  NN_TRY(result.allocate(size_t(count) * engine.elementBytes(), "the value to print"));
  void *out = result.data();
  NN_TRY(engine.reserve(print.fn, 1));
  FlushDenormals flush;
  engine.callAlone(print.fn, nullptr, &out);
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(Elements{out, engine.f64()}.get(i));
  run.say(std::string(print.text) + " = " +
          nested(values, {print.shape, print.shape + print.rank}) + "\n");
  return Status();
}

} // namespace nnrt
