// Formats the results of experiments as text.
#include "runtime/experiment/outcome.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

/// The values of the epoch that was kept, train before val; those of the last epoch if none was
/// kept, or if a long history has dropped it.
static std::vector<double> keptValues(const TrainRecord &record) {
  std::vector<double> values = record.last.train;
  values.insert(values.end(), record.last.val.begin(), record.last.val.end());
  const int64_t stride = record.history.stride(), epoch = record.kept.epoch;
  if (!record.statement->has_keep || !record.kept.seen || epoch % stride != 0 ||
      size_t(epoch / stride) >= record.history.rows())
    return values;
  for (size_t i = 0; i < values.size(); ++i)
    values[i] = record.history.value(size_t(epoch / stride), 1 + i);
  return values;
}

double resultOf(const TrainRecord &record, const nn_watch &watch) {
  const TrainT &train = *record.statement;
  if (train.has_keep && record.kept.seen && train.keep.metric == watch.metric &&
      train.keep.split == watch.split)
    return record.kept.best;
  std::vector<double> values = keptValues(record);
  const size_t index =
      (watch.split == NN_SPLIT_TRAIN ? 0 : record.last.train.size()) + size_t(watch.metric + 1);
  return index < values.size() ? values[index] : __builtin_nan("");
}

std::vector<std::string> columnsOf(const TrainRecord &record) {
  std::vector<std::string> names;
  for (int side = 0; side < 2; ++side)
    for (size_t i = 0; i < (side ? record.last.val : record.last.train).size(); ++i)
      if (isNumber(*record.statement, i))
        names.push_back(std::string(side ? "val." : "") + valueName(*record.statement, i));
  return names;
}

std::vector<double> endOf(const TrainRecord &record) {
  std::vector<double> all = keptValues(record), values;
  const size_t train = record.last.train.size();
  for (size_t i = 0; i < all.size(); ++i)
    if (isNumber(*record.statement, i < train ? i : i - train))
      values.push_back(all[i]);
  return values;
}

Spread spreadOf(const std::vector<double> &values) {
  double sum = 0, squares = 0;
  for (double value : values)
    sum += value;
  const double mean = sum / double(values.size());
  for (double value : values)
    squares += (value - mean) * (value - mean);
  return {mean, std::sqrt(squares / double(values.size()))};
}

std::string meanAndSpread(const Spread &spread, int64_t folds) {
  return folds > 1 ? format("%.4g ± %.2g", spread.mean, spread.deviation)
                   : format("%.4g", spread.mean);
}

/// Number `column` over the folds, or "-" if none has it.
static std::string overFolds(const std::vector<std::vector<double>> &results, size_t column,
                             int64_t folds) {
  std::vector<double> values;
  for (const std::vector<double> &result : results)
    if (column < result.size())
      values.push_back(result[column]);
  return values.empty() ? "-" : meanAndSpread(spreadOf(values), folds);
}

std::string foldedValues(const std::vector<std::string> &columns,
                         const std::vector<std::vector<double>> &results) {
  std::string text;
  for (size_t c = 0; c < columns.size(); ++c)
    text += "  " + columns[c] + " " + overFolds(results, c, int64_t(results.size()));
  return text;
}

std::string comparisonTable(const std::vector<ComparedRun> &runs, int32_t folds) {
  std::vector<std::vector<std::string>> rows(1, {""});
  for (const ComparedRun &run : runs)
    if (rows[0].size() < 1 + run.columns.size()) {
      rows[0].assign(1, "");
      rows[0].insert(rows[0].end(), run.columns.begin(), run.columns.end());
    }
  const size_t columns = rows[0].size();
  rows[0].push_back("time");
  for (const ComparedRun &run : runs) {
    std::vector<std::string> row = {run.name};
    for (size_t c = 0; c + 1 < columns; ++c)
      row.push_back(run.failure.empty() ? overFolds(run.results, c, folds) : "-");
    row.push_back(duration(run.seconds));
    rows.push_back(std::move(row));
  }
  std::vector<size_t> widths(columns + 1, 0);
  for (const std::vector<std::string> &row : rows)
    for (size_t c = 0; c < row.size(); ++c)
      widths[c] = std::max(widths[c], characters(row[c]));
  std::string text;
  for (size_t r = 0; r < rows.size(); ++r) {
    for (size_t c = 0; c < rows[r].size(); ++c) {
      // Times are last and differ in length: the columns before them do not move.
      text += "  " + padded(rows[r][c], c == columns ? 0 : widths[c], c > 0);
    }
    if (r && !runs[r - 1].failure.empty())
      text += "  failed: " + runs[r - 1].failure;
    text += "\n";
  }
  return text;
}

std::string goalName(const ExperimentT &experiment, const std::vector<TrainRecord> &trained) {
  return trained.empty() ? "goal" : watchName(experiment.goal, *trained.back().statement);
}

std::string searchSummary(const SearchRecord &record) {
  const SearchRecord::Trial &best = record.trials[size_t(record.best)];
  std::string text =
      format("%s: trial %lld of %lld by %s: %s %s%s\n", record.name.c_str(),
             (long long)record.best + 1, (long long)record.trials.size(), record.method.c_str(),
             record.goal.c_str(), meanAndSpread({best.goal, best.spread}, record.folds).c_str(),
             record.folds > 1 ? format(" over %lld folds", (long long)record.folds).c_str() : "");
  size_t widest = 0;
  for (const std::string &name : record.variables)
    widest = std::max(widest, characters(name));
  for (size_t v = 0; v < record.variables.size(); ++v)
    text += "  " + padded(record.variables[v], widest, false) + " = " + best.values[v] + "\n";
  std::vector<double> goals;
  for (const SearchRecord::Trial &trial : record.trials)
    goals.push_back(std::isnan(trial.goal) ? -record.direction * __builtin_inf() : trial.goal);
  std::sort(goals.begin(), goals.end());
  const size_t half = goals.size() / 2;
  const double median = goals.size() % 2 ? goals[half] : (goals[half - 1] + goals[half]) / 2;
  return text + format("  the median trial: %s %.4g\n", record.goal.c_str(), median);
}

} // namespace nnrt
