// What a session remembers of a statement, so that later programs can be about it: its histories,
// results and choices.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// A train statement as programs of a session find it again: the statement's number, and which of
/// the train statements in it.
struct TrainKey {
  int64_t statement = -1;
  int32_t ordinal = 0;
};

struct Remembered {
  std::vector<TrainRecord> trained; // `statement` is null: it is of a program that is gone
  std::vector<TrainKey> keys;       // of `trained`
  std::vector<EvaluateRecord> evaluated;
  std::vector<SearchRecord> searched;
  bool isTrain = false;
  // Of experiments: the variant, the values and the fold of the best trial, and what `print` shows.
  int32_t variant = -1, fold = -1;
  std::vector<double> values; // of the variables that have a slot
  std::string outcome;
  // row-major: of the model that a search or an ensemble has made
  std::vector<std::vector<unsigned char>> weights;

  /// Whether there is something that a later program may ask for.
  bool isEmpty() const { return trained.empty() && evaluated.empty() && outcome.empty(); }
};

using Memory = std::map<int64_t, Remembered>;

/// Puts back what the first run.earlier statements, whose numbers are given, came to.
Status recall(Run &run, const Memory &memory, const int64_t *numbers);

/// What the statement after the earlier ones came to; `numbers` goes on with its number.
void remember(Run &run, Memory &memory, const int64_t *numbers);

} // namespace nnrt
