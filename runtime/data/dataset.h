// Dataset: the data of a data declaration, read, filtered, prepared, split, normalised and checked.
#pragma once

#include "runtime/data/columns.h"
#include "runtime/data/fields.h"
#include "runtime/data/inputs.h"
#include "runtime/data/learned.h"
#include "runtime/data/parts.h"
#include "runtime/data/raw.h"
#include "runtime/device/engine.h"
#include "runtime/schema/program.h"

#include <memory>
#include <vector>

namespace nnrt {

class Dataset {
public:
  Dataset() : check(*this) {}
  Dataset(const Dataset &) = delete;

  const DataT *description = nullptr;
  Parts parts;
  Columns columns;
  Fields fields;
  int64_t rows = 0; // the test source's follow the main source's
  /// Whether fields are computed for each batch from the raw data, for sources whose raw data are
  /// much smaller, such as images of bytes. Then `fields` has only fields of one element.
  bool raw = false;
  /// To be set before load(): raw data stay readable, for `importance`.
  bool keepsSource = false;
  std::vector<RowRun> runs; // rows that can be used: of a series, those that have their windows
  std::vector<int64_t> splits[3]; // rows of NN_SPLIT_TRAIN, _VAL, _TEST
  // training rows of each class, if epochs draw classes equally often; otherwise empty
  std::vector<std::vector<int64_t>> balanced;
  std::vector<Statistics> statistics; // for each field; empty if it is not normalised

  /// Fields that take more memory than this are not kept if their source is compact. Smaller ones
  /// are faster to copy.
  int64_t keptBytes = int64_t(16) << 20;

  /// Reads and prepares everything. `cache` may be null. The engine must be started. With `later`,
  /// the check of every row that raw data need may be left to checkRows(). With `learned`, its
  /// classes and statistics, where it has them, replace the data's own.
  Status load(Engine &engine, const DataT &data, const Folders &folders, SourceCache *cache,
              bool later = false, const Learned *learned = nullptr);
  /// What a model learns from the data besides weights.
  Learned learned() const;

  /// Makes fold `fold` (0 … description->folds - 1) of a data set with folds the validation split
  /// and all other folds the training split, and normalises by the statistics of that training
  /// split. load() has used fold 0.
  Status useFold(Engine &engine, int32_t fold);

  /// Whether some rows have not been checked yet, so not every number is known to be valid.
  bool unchecked() const { return check.isPending(); }
  /// Begins to check the rows, and the bounds passed to checkBound(), on a separate thread if there
  /// is a core for it that the engine may use. `engine` must live until checkRows() has returned.
  void beginCheck(Engine &engine) { check.begin(engine); }
  /// True if checkRows() would wait.
  bool isChecking() const { return check.isRunning(); }
  /// Makes sure that all rows have been checked, and reports errors in them.
  Status checkRows(Engine &engine) { return check.finish(engine); }

  /// Bytes of memory for fields and row numbers.
  uint64_t bytes() const;

  /// With `raw`: writes the raw columns of rows[first … last - 1] to the same places of `inputs`,
  /// for prepare.
  void fillInputs(const int64_t *rows, int64_t first, int64_t last,
                  const InputBuffers &inputs) const;

  /// The rows of a split in source order; NN_SPLIT_ALL is all of them.
  std::vector<int64_t> splitRows(int32_t split) const;
  /// Fails if a value of a field is not within `bound`; the message names the row. While rows are
  /// unchecked it only records the bound, for checkRows().
  Status checkBound(Engine &engine, const BoundT &bound);
  /// The error for a number of a field that is not finite.
  Status notFinite(int32_t field, int64_t element, double value) const;

private:
  Status learnFills();
  /// Computes the fields, or leaves that to the batches.
  Status loadFields(Engine &engine, bool later);
  Status prepare(Engine &engine);
  // Of series and of splits in order alone: series.cpp, linked with programs that have them
  // (NN_PART).
  [[gnu::weak]] Status prepareSeries(Engine &engine);
  [[gnu::weak]] Status findRuns();
  [[gnu::weak]] Status splitInOrder(Engine &engine);
  Status checkFinite(Engine &engine);
  Status findStrata(Engine &engine);
  Status split(Engine &engine);
  Status weigh(Engine &engine, int32_t field);
  Status normalise(Engine &engine, int32_t field);
  void keepStatistics(Engine &engine);
  /// Whatever depends on the training split: weights of classes, statistics, balanced epochs.
  Status scale(Engine &engine);

  int32_t fold = 0;               // the one that validates
  std::unique_ptr<Learned> given; // classes and statistics to use instead of its own; or null
  std::vector<int64_t> learning;  // in order: the training rows, also those without windows
  std::vector<int32_t> strata;    // of the main source's rows; empty: not stratified
  RowCheck check;                 // the last: its thread reads all of the above
};

/// Computes what windows read, of every row, from the columns of the parts. `classes`: for each
/// part.
[[gnu::weak]] Status prepareValues(Engine &engine, const DataT &data, const Parts &parts,
                                   const std::vector<ClassNumbers> *const *classes,
                                   std::vector<Buffer> &values);

} // namespace nnrt
