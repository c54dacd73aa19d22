// Dataset: a data declaration made real: read, filtered, prepared, split and normalised, and checked.
#pragma once

#include "runtime/abi.h"
#include "runtime/buffer.h"
#include "runtime/engine.h"
#include "runtime/sources/source.h"

#include <pthread.h>

#include <atomic>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nnrt {

/// Statistics of a normalised field, from the training split: one entry for each channel or element.
struct Statistics {
  std::vector<double> mean, deviation; // a deviation of 0 is stored as 1
};

/// Raw sources that outlive one program, by everything that determines their contents: a session's memory.
using SourceCache = std::map<std::string, std::shared_ptr<const Source>>;

class Dataset {
public:
  Dataset() = default;
  Dataset(const Dataset &) = delete;
  ~Dataset();

  const nn_data *description = nullptr;
  int64_t rows = 0;                                  // the test source's follow the main source's
  /// Whether fields are computed for each batch from the raw data: for sources whose raw data are much smaller, such as images
  /// of bytes. Then only fields of one element are in `fields`.
  bool raw = false;
  std::vector<Buffer> fields;                        // row after row
  std::vector<int64_t> fieldSizes;                   // elements of one example
  std::vector<int64_t> splits[3];                    // rows of NN_SPLIT_TRAIN, _VAL, _TEST
  std::vector<std::vector<int64_t>> balanced;        // training rows of each class, where epochs draw classes equally often; else empty
  std::vector<Statistics> statistics;                // for each field; empty when it is not normalised
  std::vector<std::vector<std::string>> classes;     // for each column; empty when it is not a category

  /// Reads and prepares everything. `cache` may be null. The engine must be started. With `later`, the look at every row that
  /// raw data need may be left out: checkRows() makes up for it.
  Status load(Engine &engine, const nn_data &data, const Folders &folders, SourceCache *cache, bool later = false);

  /// Makes fold `fold` (0 … description->folds - 1) of a data set with folds the validation split and all other folds the
  /// training split, and normalises by the statistics of that training split. load() has used fold 0.
  Status useFold(Engine &engine, int32_t fold);

  /// Whether rows have not been looked at yet, and not every number is known to be good.
  bool unchecked() const { return !looked; }
  /// Begins to look at the rows, and at the bounds that checkBound() was asked about, on a thread of its own if there is a core for
  /// it that the engine may use. `engine` must live until checkRows() has returned.
  void beginCheck(Engine &engine);
  /// True when checkRows() would wait.
  bool isChecking() const { return checker && !checkDone.load(std::memory_order_acquire); }
  /// Makes sure that all rows have been looked at, and says what is wrong with them.
  Status checkRows(Engine &engine);

  /// Whether every file that rows are still read from is as it was when it was opened; asked after rows have been read.
  bool isIntact() const;
  Status checkIntact() const;
  /// Of memory: fields, and the numbers of rows.
  uint64_t bytes() const;

  /// Fields that take more memory than this are not kept, if their source is compact. Below, they are faster to copy.
  int64_t keptBytes = int64_t(16) << 20;

  /// With `raw`: writes the raw columns of rows[first … last - 1] to columns[c] + index * size, for prepare.
  void fillColumns(const int64_t *rows, int64_t first, int64_t last, bool f64, unsigned char *const *columns) const;

  /// The rows of a split in source order; NN_SPLIT_ALL is all of them.
  std::vector<int64_t> splitRows(int32_t split) const;
  /// Where a row comes from: "iris.csv:12".
  std::string place(int64_t row) const;
  /// Fails when a value of a field that indexes `bound.bound` elements lies outside, naming the row. While rows are unchecked
  /// it only remembers the question, for checkRows().
  Status checkBound(Engine &engine, const nn_bound &bound);
  Elements values(const Engine &engine, int32_t field) const { return {fields[field].data(), engine.f64()}; }

private:
  struct Part { // one of the sources and which of its rows are kept
    std::shared_ptr<const Source> source;
    Source *own = nullptr; // the same, when no cache shares it
    std::vector<int64_t> kept;
  };
  Status open(Engine &engine, const Folders &folders, SourceCache *cache);
  Status filter(Engine &engine, Part &part);
  Status numberClasses();
  Status prepare(Engine &engine);
  void forget();
  bool canKeepRaw(const Engine &engine) const;
  Status checkSize(const Engine &engine) const;
  Status allocateFields(Engine &engine);
  Status checkFinite(Engine &engine);
  Status split(Engine &engine);
  Status normalise(Engine &engine);
  Status checkRaw(Engine &engine, int threads);
  Status checkRawAndBounds(Engine &engine, int threads);
  Status notFinite(int32_t field, int64_t element, double value) const;
  friend struct RawCheck;

  int32_t fold = 0;             // that validates
  std::vector<int32_t> strata;  // of the main source's rows; empty: not stratified
  std::vector<Buffer> unscaled; // fields to be normalised, as they were before: each fold has statistics of its own

  bool looked = true;
  std::vector<nn_bound> bounds; // to be checked with the rows
  std::unique_ptr<pthread_t> checker;
  Engine *checkEngine = nullptr;
  std::atomic<bool> checkDone{false};
  Status checkResult;

  std::vector<Part> parts;
  // For each column and part: class number of each of the source's codes; empty for numbers.
  std::vector<std::vector<double>> codeClasses[2];
};

/// A source with its numbers as the program's options make them.
SourceSpec specOf(const Engine &engine, const nn_source &source, const Folders &folders);

/// Computes what `prepare` makes of rows of a source, from `first` on, in chunks: into fields[f] + row * size.
/// `codeClasses` maps codes of category columns to class numbers.
Status prepareRows(Engine &engine, const nn_data &data, const Source &source, const std::vector<int64_t> &rows,
                   const std::vector<std::vector<double>> &codeClasses, const std::vector<unsigned char *> &fields,
                   const std::vector<int64_t> &fieldSizes);

/// normalize.cpp: statistics of one field over `rows`, and (x - mean) / deviation applied to `count` rows.
Statistics fieldStatistics(Elements values, int64_t size, int64_t channels, const std::vector<int64_t> &rows);
void normalizeRows(Elements values, int64_t size, const Statistics &statistics, int64_t count);

/// The class names a list of codes stands for: sorted as numbers when all are numbers, else as text.
std::vector<std::string> sortedClasses(std::vector<std::string> names);

} // namespace nnrt
