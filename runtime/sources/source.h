// Source: the raw columns of a data set before anything is computed from them. One class for each
// kind of source; each keeps its numbers in their original size (bytes of an image stay bytes).
#pragma once

#include "runtime/files/file.h"
#include "runtime/schema/program.h"
#include "runtime/support/elements.h"
#include "runtime/support/status.h"

#include <memory>
#include <string>
#include <vector>

namespace nnrt {

/// A column that a data set requests from a source.
struct ColumnRequest {
  std::string name;
  std::string where;                // in the program, for messages
  int32_t kind;                     // column_kind
  int64_t size;                     // elements a row
  bool optional = false;            // predict: a column that may be missing from the file
  std::string text;                 // NN_EQUALS, NN_MOMENT: as in the column
  int32_t absent = NN_ABSENT_ERROR; // absent; the source itself sees to NN_ABSENT_PREVIOUS
  bool unread = false;              // what lies in it does not matter: it counts as missing
};

/// The name of a kind of source (NN_ROWS …): "blobs"; "files" for all kinds that read files.
std::string sourceKind(source_kind kind);

/// The request for a data set's column.
ColumnRequest requestFor(const ColumnT &column, bool optional = false);

/// A column of classes: a code for each row, and the names of the codes (in order of appearance).
struct Category {
  // empty: every name occurs, and a row may hold several codes; -1: no value
  std::vector<int32_t> codes;
  std::vector<std::string> names;
};

class Source {
public:
  virtual ~Source() = default;

  int64_t rows = 0;

  /// Writes column `column` (its index among the requests) of rows selected[0 … count - 1], row
  /// after row. A column of classes gives its codes.
  virtual void fill(int column, const int64_t *selected, int64_t count, Elements out) const = 0;

  /// The classes of a column that was requested as a category, or null: then its numbers are its
  /// classes.
  virtual const Category *category(int /*column*/) const { return nullptr; }

  /// The texts of a column that was requested as words or characters: fill() gives their codes, one
  /// for each row.
  virtual const Category *texts(int /*column*/) const { return nullptr; }

  /// The rows, in order, that have no value in a column. fill() gives NaN for them, or the code -1.
  virtual const std::vector<int64_t> &absent(int column) const;
  /// The first of these: "iris.csv:12:3, `?`".
  virtual std::string firstAbsent(int /*column*/) const { return ""; }

  /// Whether it is a table of cells.
  virtual bool isTable() const { return false; }
  /// How an ambiguous file was read, to be reported once; or empty.
  virtual std::string guessed() const { return ""; }

  /// False for an optional column that the file does not have; it is filled with zeros.
  virtual bool has(int /*column*/) const { return true; }

  /// Whether numbers of a column may need 64 bits because they are not all exact in f32.
  virtual bool isWide(int /*column*/) const { return false; }

  /// Whether the raw data take less memory than the results of `prepare`: it may be better to keep
  /// them instead.
  virtual bool isCompact() const { return false; }

  /// Frees the raw data; from now on only place() may be called.
  virtual void forget() {}

  /// The path of a file that is still being read and was truncated or written to since it was
  /// opened; or "".
  virtual std::string changed() const { return ""; }

  /// Where a row comes from: "iris.csv:12", "row 5 of train-labels.gz".
  virtual std::string place(int64_t row) const = 0;
};

/// A SourceT with the values of its numbers.
struct SourceSpec {
  const SourceT *source;
  double n, classes, turns, factor, noise, spread, dims, seed;
  Folders folders;
};

/// Opens and reads a source for these columns.
using Open = Status(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                    std::unique_ptr<Source> &result);
Open openSource;

// One of these for each kind of source; openSource chooses. Each stands beside NN_PART(kind): a
// trainer links only those that its own program has.
Open openCsv, openIdx, openNpy, openText, openRows, openGenerator;

/// npy.cpp: the names of an npy or npz source's columns, and the array of one of them.
Status arrayColumns(const SourceT &source, const Folders &folders, std::vector<std::string> &names);
Status openArray(const SourceT &source, const Folders &folders, const std::string &column,
                 bool headerOnly, struct NpyArray &array);

/// Fails if the program was compiled for a different number of classes than a source has. `what` is
/// what is counted: "character".
Status checkClasses(const SourceSpec &spec, size_t found, const std::string &source,
                    const char *what);

/// Fails unless the requested column of a source has `size` elements per row.
Status checkColumnSize(const ColumnRequest &column, int64_t size, const std::string &source);

} // namespace nnrt
