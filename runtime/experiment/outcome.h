// The results of experiments, as text.
#pragma once

#include "runtime/record/history.h"
#include "runtime/support/status.h"

#include <string>
#include <vector>

namespace nnrt {

/// The value of `watch` for the trained model: that of the epoch it kept, otherwise of the last
/// one.
double resultOf(const TrainRecord &record, const nn_watch &watch);

/// "loss 0.31 ± 0.02 accuracy …": the final values of a run on several folds.
std::string foldedValues(const std::vector<std::string> &columns,
                         const std::vector<std::vector<double>> &results);

/// "loss", "accuracy", "val.loss" …: the numbers of an epoch, without tables.
std::vector<std::string> columnsOf(const TrainRecord &record);
/// Those numbers for the epoch that the model kept, otherwise for the last one.
std::vector<double> endOf(const TrainRecord &record);

struct ComparedRun {
  std::string name, failure; // failure: why one of its runs failed; empty: none did
  std::vector<std::string> columns;
  std::vector<std::vector<double>> results; // of each fold
  double seconds = 0;
};

/// One line for each run, with mean and standard deviation if there are folds.
std::string comparisonTable(const std::vector<ComparedRun> &runs, int32_t folds);

/// "val.loss"
std::string goalName(const ExperimentT &experiment, const std::vector<TrainRecord> &trained);
/// Mean and (population) standard deviation of some values.
struct Spread {
  double mean, deviation;
};
Spread spreadOf(const std::vector<double> &values);
/// "0.0432", or "0.0432 ± 0.011" over several folds.
std::string meanAndSpread(const Spread &spread, int64_t folds);
/// The chosen values, with their result and that of the median trial.
std::string searchSummary(const SearchRecord &record);

} // namespace nnrt
