// `importance` of an evaluate statement: how much worse each metric becomes if one column of the
// data is shuffled among the rows, so that it tells nothing about them (Breiman, 2001).
#include "runtime/evaluate/metrics.h"
#include "runtime/evaluate/shuffled.h"
#include "runtime/process/signals.h"
#include "runtime/run/run.h"
#include "runtime/support/indices.h"
#include "runtime/support/shuffle.h"
#include "runtime/support/visible.h"
#include "runtime/terminal/tables.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {

namespace {
/// The rows of a field in a data set, as they are; the destructor puts them back.
class OwnRows {
public:
  OwnRows(Dataset &data, const std::vector<int64_t> &rows, int32_t field, size_t rowBytes)
      : into(data.fields.buffers[field].data()), rows(rows), rowBytes(rowBytes),
        kept(rows.size() * rowBytes) {
    for (size_t r = 0; r < rows.size(); ++r)
      std::memcpy(kept.data() + r * rowBytes, into + size_t(rows[r]) * rowBytes, rowBytes);
  }
  OwnRows(const OwnRows &) = delete;
  ~OwnRows() { replace(kept.data()); }
  void replace(const unsigned char *by) {
    for (size_t r = 0; r < rows.size(); ++r)
      std::memcpy(into + size_t(rows[r]) * rowBytes, by + r * rowBytes, rowBytes);
  }

private:
  unsigned char *into;
  const std::vector<int64_t> &rows;
  size_t rowBytes;
  std::vector<unsigned char> kept;
};
} // namespace

/// How much worse `value` is than `before`; without a direction, how much it differs.
static double worsening(const MetricT &metric, double before, double value) {
  return metric.direction == NN_HIGHEST ? before - value : value - before;
}

NN_PART(importance);

/// Fills in record.importance. The metrics' values on the rows as they are must be in `record`.
Status findImportance(Run &run, const EvaluateT &evaluate, Dataset &data,
                      const std::vector<int64_t> &rows, EvaluateRecord &record) {
  const DataT &description = *data.description;
  Engine &engine = run.engine;
  if (data.raw)
    return Status::error("the importance of columns is not computed for data that are read as they "
                         "are needed, such as large sets of images")
        .at(evaluate.where);
  NN_TRY(data.checkRows(engine));
  const int32_t field = inputField(description);
  const size_t rowBytes = size_t(data.fields.sizes[field] * engine.elementBytes());
  ShuffledField shuffled(engine, data, field);
  NN_TRY(shuffled.prepare());
  Buffer values;
  NN_TRY(values.allocate(rows.size() * rowBytes, "the shuffled columns"));
  OwnRows kept(data, rows, field, rowBytes);
  Totals totals;
  Tuning tuning;
  NN_TRY(totals.prepare(engine, evaluate.metrics, false));
  std::vector<int32_t> numbers; // metrics that are numbers
  for (int32_t m : indices(evaluate.metrics))
    if (evaluate.metrics[m].shape.empty())
      numbers.push_back(m);
  uint32_t draw = 0;
  for (const ShuffledColumn &column : shuffledColumns(description)) {
    EvaluateRecord::Importance one{column.name, std::vector<double>(numbers.size(), 0),
                                   std::vector<double>(numbers.size(), 0)};
    for (int32_t i = 0; i < evaluate.shuffles; ++i) {
      std::vector<int64_t> others = rows;
      shuffle(others, engine.seed(), Stream::Importance, draw++, 0);
      FlushDenormals flush;
      NN_TRY(shuffled.compute(rows, others, column, {values.data(), engine.f64()}));
      kept.replace(values.data());
      NN_TRY(evaluateRows(engine, data, evaluate.fields, evaluate.eval, rows, totals, tuning));
      if (pendingSignal())
        return Status();
      for (size_t k = 0; k < numbers.size(); ++k) {
        std::vector<double> value;
        NN_TRY(totals.finish(engine, numbers[k], value));
        const double x = worsening(evaluate.metrics[numbers[k]],
                                   record.metrics[size_t(numbers[k])].values[0], value[0]),
                     apart = x - one.mean[k];
        one.mean[k] += apart / double(i + 1);
        one.deviation[k] += apart * (x - one.mean[k]);
      }
    }
    for (double &squares : one.deviation)
      squares = evaluate.shuffles > 1 ? std::sqrt(squares / double(evaluate.shuffles - 1)) : 0;
    record.importance.push_back(std::move(one));
  }
  for (int32_t m : numbers)
    record.importanceOf.push_back(evaluate.metrics[m].name);
  if (!numbers.empty())
    std::stable_sort(record.importance.begin(), record.importance.end(),
                     [](const auto &a, const auto &b) { return a.mean[0] > b.mean[0]; });
  record.shuffles = evaluate.shuffles;
  return Status();
}

/// The table as text.
std::string importanceText(const EvaluateRecord &record) {
  std::string text =
      "importance (how much worse a metric is if a column is shuffled" +
      (record.shuffles > 1 ? format("; mean of %d times", record.shuffles) : std::string()) +
      "):\n";
  std::vector<std::vector<std::string>> cells = {{""}};
  for (const std::string &name : record.importanceOf)
    cells[0].push_back(name);
  for (const EvaluateRecord::Importance &one : record.importance) {
    cells.push_back({visible(one.column)});
    for (size_t k = 0; k < one.mean.size(); ++k)
      cells.back().push_back(number(one.mean[k]) +
                             (record.shuffles > 1 ? " ± " + number(one.deviation[k]) : ""));
  }
  for (size_t row = 0; row < cells.size(); ++row) {
    text += " ";
    for (size_t c = 0; c < cells[row].size(); ++c) {
      size_t width = 0;
      for (const std::vector<std::string> &other : cells)
        width = std::max(width, characters(other[c]));
      text += " " + padded(cells[row][c], width, c > 0) + (c + 1 < cells[row].size() ? " " : "");
    }
    text += "\n";
  }
  return text;
}

} // namespace nnrt
