// Executes evaluate and print statements: results on standard output.
#include "runtime/evaluate/metrics.h"
#include "runtime/process/signals.h"
#include "runtime/run/run.h"
#include "runtime/support/indices.h"
#include "runtime/terminal/tables.h"

namespace nnrt {

std::vector<std::string> classNames(const Dataset &data, int32_t field) {
  if (field < 0)
    return {};
  const FieldT &f = data.description->fields[field];
  if (!(f.flags & NN_FIELD_CATEGORY) || f.category_column < 0)
    return {};
  return data.columns.classes[f.category_column];
}

static Status runEvaluate(Run &run, const StatementT &statement, Counts &) {
  const EvaluateT &evaluate = as<EvaluateT>(statement);
  Dataset *data = nullptr;
  NN_TRY(run.needFor(evaluate.model, evaluate.data, data));
  static const char *const splitNames[] = {".train", ".val", ".test", ""};
  EvaluateRecord record;
  record.model = evaluate.target;
  record.group = run.group;
  record.groupPlace = run.groupPlace;
  record.variant = run.variant;
  record.data = data->description->name + splitNames[evaluate.split];
  std::vector<int64_t> rows = data->splitRows(evaluate.split);
  record.rows = int64_t(rows.size());
  if (rows.empty())
    return Status::error(record.data + " has no rows").at(evaluate.where);

  if (normalizes(*data->description))
    noteUnits(run, *data->description, data->learned(), evaluate.fields);
  Totals totals;
  Tuning tuning;
  NN_TRY(totals.prepare(run.engine, evaluate.metrics, false));
  const double began = now();
  NN_TRY(evaluateRows(run.engine, *data, evaluate.fields, evaluate.eval, rows, totals, tuning));
  if (pendingSignal())
    return Status();
  record.seconds = now() - began;
  record.classes = classNames(*data, labelField(run.program, evaluate));
  if (run.reported)
    NN_TRY(findMistakes(run, evaluate, *data, rows, record));

  std::string line, tables;
  for (int32_t m : indices(evaluate.metrics)) {
    const MetricT &metric = evaluate.metrics[m];
    EvaluateRecord::Value value;
    value.name = metric.name;
    value.shape = metric.shape;
    NN_TRY(totals.finish(run.engine, m, value.values));
    if (metric.shape.empty())
      line += (line.empty() ? " " : "  ") + metric.name + " " + number(value.values[0]);
    else
      tables += metric.name + ":\n" + valueText(value.values, value.shape, record.classes);
    record.metrics.push_back(std::move(value));
  }
  run.say(format("evaluate %s on %s:", record.model.c_str(), record.data.c_str()) + line + "\n" +
          tables);
  NN_TRY(run.recorder.evaluated(record));
  run.evaluated.push_back(std::move(record));
  return Status();
}
NN_EXECUTES(NN_STMT_EVALUATE, runEvaluate);

static Status runPrint(Run &run, const StatementT &statement, Counts &) {
  const PrintT &print = as<PrintT>(statement);
  if (!print.fn.exists()) {
    run.say(print.text + "\n");
    return Status();
  }
  Engine &engine = run.engine;
  int64_t count = elementCount(print.shape);
  Buffer result;
  NN_TRY(result.allocate(size_t(count) * engine.elementBytes(), "the value to print"));
  void *out = result.data();
  NN_TRY(engine.reserve(print.fn, 1));
  FlushDenormals flush;
  engine.callAlone(print.fn, nullptr, &out);
  std::vector<double> values;
  for (int64_t i = 0; i < count; ++i)
    values.push_back(Elements{out, engine.f64()}.get(i));
  run.say(print.text + " = " + nested(values, print.shape) + "\n");
  return Status();
}
NN_EXECUTES(NN_STMT_PRINT, runPrint);

} // namespace nnrt
