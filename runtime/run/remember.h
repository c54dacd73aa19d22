// What a session remembers of a statement for later programs: its histories, results and choices.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Identifies a train statement across the programs of a session: the number of the statement, and
/// which of the train statements in it.
struct TrainKey {
  int64_t statement = -1;
  int32_t ordinal = 0;
};

struct Remembered {
  std::vector<TrainRecord> trained; // `statement` is null, because its program no longer exists
  std::vector<TrainKey> keys;       // of `trained`
  std::vector<EvaluateRecord> evaluated;
  std::vector<SearchRecord> searched;
  bool isTrain = false;
  // For experiments: the variant, the values and the fold of the best trial, and the text that
  // `print` shows.
  int32_t variant = -1, fold = -1;
  std::vector<double> values; // of the variables that have a slot
  std::string outcome;
  // row-major tensors of the model that a search or an ensemble has made
  std::vector<std::vector<unsigned char>> weights;

  /// Whether there is nothing that a later program could use.
  bool isEmpty() const { return trained.empty() && evaluated.empty() && outcome.empty(); }
};

using Memory = std::map<int64_t, Remembered>;

/// Restores the results of the first run.earlier statements, whose numbers are given.
Status recall(Run &run, const Memory &memory, const int64_t *numbers);

/// Stores the results of the statement after the earlier ones; its number follows theirs in
/// `numbers`.
void remember(Run &run, Memory &memory, const int64_t *numbers);

} // namespace nnrt
