// Dataset: the data of a data declaration, read, filtered, prepared, split, normalised and checked.
#pragma once

#include "runtime/data/inputs.h"
#include "runtime/device/engine.h"
#include "runtime/schema/program.h"
#include "runtime/sources/source.h"
#include "runtime/support/buffer.h"

#include <pthread.h>

#include <atomic>
#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nnrt {

/// Statistics of a normalised field, from the training split: one entry for each channel or
/// element.
struct Statistics {
  std::vector<double> mean, deviation; // a deviation of 0 is stored as 1
};

/// What a model has learned from the data that it was trained on, besides its weights.
struct Learned {
  std::string from; // a data set, or a weight file
  // of the category columns, by name
  std::map<std::string, std::vector<std::string>> classes;
  std::map<std::string, Statistics> statistics; // of the normalised fields, by name
  // the value that fills missing cells, by the column's name and kind
  std::map<std::pair<std::string, int32_t>, double> fills;

  /// NaN: not known.
  double fillOf(const ColumnT &column) const {
    auto found = fills.find({column.name, column.kind});
    return found == fills.end() ? NAN : found->second;
  }
  const Statistics *statisticsOf(const std::string &field) const {
    auto found = statistics.find(field);
    return found == statistics.end() ? nullptr : &found->second;
  }
  const std::vector<std::string> *classesOf(const std::string &column) const {
    auto found = classes.find(column);
    return found == classes.end() ? nullptr : &found->second;
  }
};

/// Raw sources that outlive one program, by a key of everything that determines their contents. A
/// session keeps them.
using SourceCache = std::map<std::string, std::shared_ptr<const Source>>;

class Dataset {
public:
  Dataset() = default;
  Dataset(const Dataset &) = delete;
  ~Dataset();

  const DataT *description = nullptr;
  int64_t rows = 0; // the test source's follow the main source's
  /// Whether fields are computed for each batch from the raw data, for sources whose raw data are
  /// much smaller, such as images of bytes. Then `fields` has only fields of one element.
  bool raw = false;
  std::vector<Buffer> fields;      // row after row
  std::vector<int64_t> fieldSizes; // elements of one example
  std::vector<int64_t> splits[3];  // rows of NN_SPLIT_TRAIN, _VAL, _TEST
  // training rows of each class, if epochs draw classes equally often; otherwise empty
  std::vector<std::vector<int64_t>> balanced;
  std::vector<Statistics> statistics;            // for each field; empty if it is not normalised
  std::vector<std::vector<std::string>> classes; // for each column; empty if it is not a category
  // for each column: the value that fills missing cells; NaN: none
  std::vector<double> fills;
  std::vector<std::string> remarks; // notes about the loading, to be printed once

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
  bool unchecked() const { return !looked; }
  /// Begins to check the rows, and the bounds passed to checkBound(), on a separate thread if there
  /// is a core for it that the engine may use. `engine` must live until checkRows() has returned.
  void beginCheck(Engine &engine);
  /// True if checkRows() would wait.
  bool isChecking() const { return checker && !checkDone.load(std::memory_order_acquire); }
  /// Makes sure that all rows have been checked, and reports errors in them.
  Status checkRows(Engine &engine);

  /// Whether every file that rows are still read from is unchanged since it was opened; called
  /// after rows have been read.
  bool isIntact() const;
  Status checkIntact() const;
  /// Bytes of memory for fields and row numbers.
  uint64_t bytes() const;

  /// Fields that take more memory than this are not kept if their source is compact. Smaller ones
  /// are faster to copy.
  int64_t keptBytes = int64_t(16) << 20;

  /// With `raw`: writes the raw columns of rows[first … last - 1] to the same places of `inputs`,
  /// for prepare.
  void fillInputs(const int64_t *rows, int64_t first, int64_t last,
                  const InputBuffers &inputs) const;

  /// Fails if inputs that were filled for `rows` are not valid for `prepare`.
  Status checkInputs(const int64_t *rows, int64_t count, const InputBuffers &inputs) const;

  /// The rows of a split in source order; NN_SPLIT_ALL is all of them.
  std::vector<int64_t> splitRows(int32_t split) const;
  /// Where a row comes from: "iris.csv:12".
  std::string place(int64_t row) const;
  /// Fails if a value of a field is not within `bound`; the message names the row. While rows are
  /// unchecked it only records the bound, for checkRows().
  Status checkBound(Engine &engine, const BoundT &bound);
  Elements values(const Engine &engine, int32_t field) const {
    return {fields[field].data(), engine.f64()};
  }

private:
  struct Part { // one of the sources, and the rows of it that are kept
    std::shared_ptr<const Source> source;
    Source *own = nullptr; // the same, if no cache shares it
    std::vector<int64_t> kept;
  };
  Status open(Engine &engine, const Folders &folders, SourceCache *cache);
  Status filter(Engine &engine, Part &part);
  void noteFiltered(const Part &part);
  Status dropAbsent();
  Status checkAbsent() const;
  bool learnsFills() const;
  Status learnFills();
  // classes.cpp; `known`: the classes that a model has learned
  Status numberClasses();
  Status numberNames(int32_t column, const std::vector<std::string> *known);
  Status numberValues(int32_t column, const std::vector<std::string> *known);
  Status unknownClass(const std::string &place, const std::string &name, int32_t column) const;
  Status prepare(Engine &engine);
  void forget();
  bool canKeepRaw(const Engine &engine) const;
  Status checkSize(const Engine &engine) const;
  Status allocateFields(Engine &engine);
  Status checkFinite(Engine &engine);
  Status split(Engine &engine);
  void noteOrder(); // order.cpp
  Status normalise(Engine &engine);
  Status checkRaw(Engine &engine, int threads);
  Status checkRawAndBounds(Engine &engine, int threads);
  Status notFinite(int32_t field, int64_t element, double value) const;
  friend struct RawCheck;

  int32_t fold = 0;               // the one that validates
  std::unique_ptr<Learned> given; // classes and statistics to use instead of its own; or null
  std::vector<int32_t> strata;    // of the main source's rows; empty: not stratified
  std::vector<Buffer> exact; // for fields with isExact(): the results of prepare, in f64; kept for
                             // folds, which have separate statistics
  Elements exactValues(int32_t field) const { return {exact[field].data(), true}; }
  /// A field as returned by prepare.
  Elements prepared(const Engine &engine, int32_t field) const {
    return size_t(field) < exact.size() && exact[field].data() ? exactValues(field)
                                                               : values(engine, field);
  }
  Status whereClasses(const Part &part, std::vector<ClassNumbers> &numbers) const;

  bool looked = true;
  std::vector<BoundT> bounds; // to be checked with the rows
  std::unique_ptr<pthread_t> checker;
  Engine *checkEngine = nullptr;
  std::atomic<bool> checkDone{false};
  Status checkResult;

  std::vector<Part> parts;
  std::vector<ClassNumbers> codeClasses[2]; // for each column, of each part
};

/// A source with the values of its numbers under the program's options.
SourceSpec specOf(const Engine &engine, const SourceT &source, const Folders &folders);

/// Computes `prepare` for rows of a source, in chunks, into fields[f], row after row; in f64 if
/// isExact(). `codeClasses`: for each column.
Status prepareRows(Engine &engine, const DataT &data, const Source &source,
                   const std::vector<int64_t> &rows, const std::vector<ClassNumbers> &codeClasses,
                   const std::vector<unsigned char *> &fields,
                   const std::vector<int64_t> &fieldSizes);

/// absent.cpp: the remedies for cells without a value, as the second line of an error.
std::string absentCures(const ColumnT &column);

/// normalize.cpp: statistics of one field over `rows`; `to` = (from - mean) / deviation for `count`
/// rows.
Statistics fieldStatistics(const double *values, int64_t size, int64_t channels,
                           const std::vector<int64_t> &rows);
void normalizeRows(const double *from, int64_t size, const Statistics &statistics, int64_t count,
                   Elements to);

/// The numbers of a column in `rows`, each with the first row that has it.
Status numbersOf(const Source &source, int column, int64_t size, const std::vector<int64_t> &rows,
                 std::map<double, int64_t> &found);
/// More distinct numbers than this are not classes.
const size_t mostClasses = 1 << 20;
/// The numbering of classes whose names are numbers, in ascending order; empty if they are not.
ClassNumbers classesOfNumbers(const std::vector<std::string> &names);

/// The class names, sorted as numbers if all are numbers, otherwise as text. `byValue`: equal
/// numbers are one class, with the shortest of its names, `1` rather than `1.0`. This is for
/// tables, in whose cells the same number may be written in different ways.
std::vector<std::string> sortedClasses(std::vector<std::string> names, bool byValue);
/// The place of each name among such classes; -1: it is not one of them.
std::vector<double> placesAmong(const std::vector<std::string> &classes,
                                const std::vector<std::string> &names, bool byValue);

} // namespace nnrt
