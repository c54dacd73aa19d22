// Parts: the sources of a data declaration, opened, and the rows of them that are kept.
#pragma once

#include "runtime/device/engine.h"
#include "runtime/sources/source.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nnrt {

/// Raw sources that outlive one program, by a key of everything that determines their contents. A
/// session keeps them.
using SourceCache = std::map<std::string, std::shared_ptr<const Source>>;

/// One of the sources, and the rows of it that are kept.
struct Part {
  std::shared_ptr<const Source> source;
  Source *own = nullptr;     // the same, if no cache shares it
  std::vector<int64_t> kept; // of a series: one after the other, in order of the key
  // Of a series, for each row that is kept: its key (if there is one), the numbers that tell series
  // apart, the number of its series, and that of its piece: a row that was dropped ends a piece.
  std::vector<double> keys, each;
  std::vector<int64_t> series, pieces;
  /// For each column that is filled by the row before: the rows without a value, and those whose
  /// value they have.
  std::map<int32_t, std::map<int64_t, int64_t>> previous;
};

/// Rows first … last - 1 of a data set, one after the other in a series: rows of one part.
struct RowRun {
  int32_t part;
  int64_t first, last;
};

/// Removes rows, in ascending order, from those that are kept. In a series, a row that was removed
/// ends a piece: no window reaches over it.
void removeRows(Part &part, const std::vector<int64_t> &gone);

/// The main source and, if the declaration has one, the test source, whose rows follow the main
/// source's.
class Parts {
public:
  std::vector<std::string> remarks; // notes about the loading, to be printed once

  /// Opens and reads the sources. `cache` may be null.
  Status open(Engine &engine, const DataT &data, const Folders &folders, SourceCache *cache);
  /// Chooses the rows that are kept: those of `where`, without those of `drop missing`. Fails if
  /// one of them has a cell without a value and nothing says how to treat it.
  Status chooseRows(Engine &engine);
  /// The rows of a new source, for a model that was trained on the series of `data`: all of them,
  /// in order. `source` must outlive this.
  [[gnu::weak]] Status openNew(Engine &engine, const DataT &data, const Source &source);
  /// Notes that a random split tests little if the rows are a series.
  void noteOrder(); // order.cpp

  size_t size() const { return parts.size(); }
  const Part &operator[](size_t part) const { return parts[part]; }
  /// The rows that are kept of the main source, and of all.
  int64_t mainRows() const { return int64_t(parts[0].kept.size()); }
  int64_t rows() const;
  /// The numbers in their source of the rows of a run.
  std::vector<int64_t> sourceRows(const RowRun &run) const {
    const int64_t start = run.part ? mainRows() : 0;
    const std::vector<int64_t> &kept = parts[size_t(run.part)].kept;
    return {kept.begin() + (run.first - start), kept.begin() + (run.last - start)};
  }
  /// The rows of all sources, kept or not.
  uint64_t sourceRows() const;
  /// Bytes of memory for row numbers.
  uint64_t bytes() const;
  /// Whether the raw data of every source take less memory than the results of `prepare`.
  bool areCompact() const;
  /// Where a row comes from: "iris.csv:12".
  std::string place(int64_t row) const;

  /// Whether every file that rows are still read from is unchanged since it was opened; called
  /// after rows have been read.
  bool isIntact() const;
  Status checkIntact() const;
  /// Frees the raw data that no cache shares; from now on only place() may be called.
  void forget();

private:
  Status openSources(Engine &engine, const Folders &folders, SourceCache *cache);
  /// `keepsAll`: only finds the keys of a series, for new rows.
  Status filter(Engine &engine, Part &part, bool keepsAll = false);
  // Of series alone: series.cpp; weak as those below are.
  [[gnu::weak]] Status orderRows(Part &part);
  [[gnu::weak]] void findPrevious(Part &part);
  // Of tables alone: absent.cpp. Weak: a trainer links them only if its program reads tables
  // (NN_PART).
  [[gnu::weak]] void noteFiltered(const Part &part);
  [[gnu::weak]] Status dropAbsent();
  [[gnu::weak]] Status checkAbsent() const;

  const DataT *description = nullptr;
  std::vector<Part> parts;
};

/// The rows whose windows, `back` rows before and `ahead` after, lie in one piece of a series.
[[gnu::weak]] std::vector<RowRun> runsOf(const Parts &parts, int64_t back, int64_t ahead);

/// A source with the values of its numbers under the program's options.
SourceSpec specOf(const Engine &engine, const SourceT &source, const Folders &folders);

/// absent.cpp: the remedies for cells without a value, as the second line of an error.
std::string absentCures(const ColumnT &column);

} // namespace nnrt
