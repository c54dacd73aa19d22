// Dataset: a data declaration made real: read, filtered, prepared, split and normalised, and
// checked.
#pragma once

#include "runtime/abi.h"
#include "runtime/data/inputs.h"
#include "runtime/device/engine.h"
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
  // of the columns that are categories, by name
  std::map<std::string, std::vector<std::string>> classes;
  std::map<std::string, Statistics> statistics; // of the fields that are normalised, by name
  // what a cell without a value becomes, by the column's name and kind
  std::map<std::pair<std::string, int32_t>, double> fills;

  /// Not a number: nothing is known.
  double fillOf(const nn_column &column) const {
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

/// Raw sources that outlive one program, by everything that determines their contents: a session's
/// memory.
using SourceCache = std::map<std::string, std::shared_ptr<const Source>>;

class Dataset {
public:
  Dataset() = default;
  Dataset(const Dataset &) = delete;
  ~Dataset();

  const nn_data *description = nullptr;
  int64_t rows = 0; // the test source's follow the main source's
  /// Whether fields are computed for each batch from the raw data: for sources whose raw data are
  /// much smaller, such as images of bytes. Then only fields of one element are in `fields`.
  bool raw = false;
  std::vector<Buffer> fields;      // row after row
  std::vector<int64_t> fieldSizes; // elements of one example
  std::vector<int64_t> splits[3];  // rows of NN_SPLIT_TRAIN, _VAL, _TEST
  // training rows of each class, where epochs draw classes equally often; else empty
  std::vector<std::vector<int64_t>> balanced;
  std::vector<Statistics> statistics;            // for each field; empty when it is not normalised
  std::vector<std::vector<std::string>> classes; // for each column; empty when it is not a category
  // for each column: what a cell without a value becomes; not a number: nothing
  std::vector<double> fills;
  std::vector<std::string> remarks; // of the loading, to be said once

  /// Reads and prepares everything. `cache` may be null. The engine must be started. With `later`,
  /// the look at every row that raw data need may be left out: checkRows() makes up for it. With
  /// `learned`, classes and statistics are those, where they are there, instead of the data's own.
  Status load(Engine &engine, const nn_data &data, const Folders &folders, SourceCache *cache,
              bool later = false, const Learned *learned = nullptr);
  /// What a model learns from it besides weights.
  Learned learned() const;

  /// Makes fold `fold` (0 … description->folds - 1) of a data set with folds the validation split
  /// and all other folds the training split, and normalises by the statistics of that training
  /// split. load() has used fold 0.
  Status useFold(Engine &engine, int32_t fold);

  /// Whether rows have not been looked at yet, and not every number is known to be good.
  bool unchecked() const { return !looked; }
  /// Begins to look at the rows, and at the bounds that checkBound() was asked about, on a thread
  /// of its own if there is a core for it that the engine may use. `engine` must live until
  /// checkRows() has returned.
  void beginCheck(Engine &engine);
  /// True when checkRows() would wait.
  bool isChecking() const { return checker && !checkDone.load(std::memory_order_acquire); }
  /// Makes sure that all rows have been looked at, and says what is wrong with them.
  Status checkRows(Engine &engine);

  /// Whether every file that rows are still read from is as it was when it was opened; asked after
  /// rows have been read.
  bool isIntact() const;
  Status checkIntact() const;
  /// Of memory: fields, and the numbers of rows.
  uint64_t bytes() const;

  /// Fields that take more memory than this are not kept, if their source is compact. Below, they
  /// are faster to copy.
  int64_t keptBytes = int64_t(16) << 20;

  /// With `raw`: writes the raw columns of rows[first … last - 1] to the same places of `inputs`,
  /// for prepare.
  void fillInputs(const int64_t *rows, int64_t first, int64_t last,
                  const InputBuffers &inputs) const;

  /// Fails where inputs that were filled for `rows` are not as `prepare` takes them.
  Status checkInputs(const int64_t *rows, int64_t count, const InputBuffers &inputs) const;

  /// The rows of a split in source order; NN_SPLIT_ALL is all of them.
  std::vector<int64_t> splitRows(int32_t split) const;
  /// Where a row comes from: "iris.csv:12".
  std::string place(int64_t row) const;
  /// Fails when a value of a field that indexes `bound.bound` elements lies outside, naming the
  /// row. While rows are unchecked it only remembers the question, for checkRows().
  Status checkBound(Engine &engine, const nn_bound &bound);
  Elements values(const Engine &engine, int32_t field) const {
    return {fields[field].data(), engine.f64()};
  }

private:
  struct Part { // one of the sources and which of its rows are kept
    std::shared_ptr<const Source> source;
    Source *own = nullptr; // the same, when no cache shares it
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

  int32_t fold = 0;               // that validates
  std::unique_ptr<Learned> given; // classes and statistics to be used instead of its own; or null
  std::vector<int32_t> strata;    // of the main source's rows; empty: not stratified
  std::vector<Buffer> exact; // of fields for which isExact(): what prepare gave, in f64; kept for
                             // folds, which have statistics of their own
  Elements exactValues(int32_t field) const { return {exact[field].data(), true}; }
  /// A field as prepare gave it.
  Elements prepared(const Engine &engine, int32_t field) const {
    return size_t(field) < exact.size() && exact[field].data() ? exactValues(field)
                                                               : values(engine, field);
  }
  Status whereClasses(const Part &part, std::vector<ClassNumbers> &numbers) const;

  bool looked = true;
  std::vector<nn_bound> bounds; // to be checked with the rows
  std::unique_ptr<pthread_t> checker;
  Engine *checkEngine = nullptr;
  std::atomic<bool> checkDone{false};
  Status checkResult;

  std::vector<Part> parts;
  std::vector<ClassNumbers> codeClasses[2]; // for each column, of each part
};

/// A source with its numbers as the program's options make them.
SourceSpec specOf(const Engine &engine, const nn_source &source, const Folders &folders);

/// Computes what `prepare` makes of rows of a source, in chunks: into fields[f], row after row; f64
/// where isExact(). `codeClasses`: for each column.
Status prepareRows(Engine &engine, const nn_data &data, const Source &source,
                   const std::vector<int64_t> &rows, const std::vector<ClassNumbers> &codeClasses,
                   const std::vector<unsigned char *> &fields,
                   const std::vector<int64_t> &fieldSizes);

/// absent.cpp: what helps where cells have no value, as the second line of an error.
std::string absentCures(const nn_column &column);

/// normalize.cpp: statistics of one field over `rows`; `to` = (from - mean) / deviation for `count`
/// rows.
Statistics fieldStatistics(const double *values, int64_t size, int64_t channels,
                           const std::vector<int64_t> &rows);
void normalizeRows(const double *from, int64_t size, const Statistics &statistics, int64_t count,
                   Elements to);

/// The numbers of a column in `rows`, each with the first row that has it.
Status numbersOf(const Source &source, int column, int64_t size, const std::vector<int64_t> &rows,
                 std::map<double, int64_t> &found);
/// More different numbers than this are no classes.
const size_t mostClasses = 1 << 20;
/// What numbers classes whose names are numbers, in ascending order; nothing where they are not.
ClassNumbers classesOfNumbers(const std::vector<std::string> &names);

/// The class names a list of codes stands for: sorted as numbers when all are numbers, else as
/// text. `byValue`: equal numbers are one class then, called by the shortest of its names, `1`
/// rather than `1.0`. So it is in tables, whose cells are written as people and programs write
/// numbers.
std::vector<std::string> sortedClasses(std::vector<std::string> names, bool byValue);
/// The place of each name among such classes; -1: it is none.
std::vector<double> placesAmong(const std::vector<std::string> &classes,
                                const std::vector<std::string> &names, bool byValue);

} // namespace nnrt
