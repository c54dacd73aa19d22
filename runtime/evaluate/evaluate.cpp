// Executes evaluate and print statements: results on standard output.
#include "runtime/evaluate/metrics.h"
#include "runtime/process/signals.h"
#include "runtime/run/run.h"
#include "runtime/support/indices.h"
#include "runtime/terminal/tables.h"

#include <cmath>

namespace nnrt {

std::vector<std::string> classNames(const Dataset &data, int32_t field) {
  if (field < 0)
    return {};
  const FieldT &f = data.description->fields[field];
  if (!(f.flags & NN_FIELD_CATEGORY) || f.category_column < 0)
    return {};
  return data.columns.classes[f.category_column];
}

// Weak: a trainer links them only if its program asks for the importance of columns (NN_PART).
[[gnu::weak]] Status findImportance(Run &, const EvaluateT &, Dataset &,
                                    const std::vector<int64_t> &, EvaluateRecord &);
[[gnu::weak]] std::string importanceText(const EvaluateRecord &);

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
    noteUnits(run, *data->description, data->learned(), evaluate.fields, evaluate.metrics);
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
  if (evaluate.shuffles > 0) {
    NN_TRY(findImportance(run, evaluate, *data, rows, record));
    if (pendingSignal())
      return Status();
    tables += importanceText(record);
  }
  run.say(format("evaluate %s on %s:", record.model.c_str(), record.data.c_str()) + line + "\n" +
          tables);
  NN_TRY(run.recorder.evaluated(record));
  run.evaluated.push_back(std::move(record));
  return Status();
}
NN_EXECUTES(NN_STMT_EVALUATE, runEvaluate);

/// Prints the characters with these numbers.
static Status printText(Run &run, const PrintT &print, const std::vector<double> &numbers) {
  const DataT &data = run.program.data[size_t(print.data)];
  const std::vector<std::string> &characters = data.source->characters;
  for (const auto &[model, learned] : run.loaded)
    for (const ColumnT &column : data.columns)
      if (const auto *known = learned.classesOf(column.name); known && *known != characters)
        return Status::error("`" + model + "` has learned other characters than those of `" +
                             data.name + "` from " + learned.from)
            .at(print.where);
  std::string text;
  for (size_t i = 0; i < numbers.size(); ++i) {
    const double n = numbers[i];
    if (!(n >= 0 && n < double(characters.size()) && n == std::floor(n)))
      return Status::error(format("`%s` has %zu characters, and number %zu of what is printed is "
                                  "%s, which is none of 0 to %zu",
                                  data.name.c_str(), characters.size(), i + 1, number(n).c_str(),
                                  characters.size() - 1) +
                           (std::isnan(n) ? "\n  `generate` gives it where the model's scores are "
                                            "not finite, and for a prompt that is shorter than "
                                            "what the model takes if it is not causal"
                                          : ""))
          .at(print.where);
    text += characters[size_t(n)];
  }
  run.say(text + "\n");
  return Status();
}

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
  if (print.data >= 0)
    return printText(run, print, values);
  run.say(print.text + " = " + nested(values, print.shape) + "\n");
  return Status();
}
NN_EXECUTES(NN_STMT_PRINT, runPrint);

} // namespace nnrt
