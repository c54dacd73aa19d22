// A CSV file as it is found: its text, how it is written, what its columns are called. The
// compiler's probe, the loader and `predict` all ask here, so that they agree.
#pragma once

#include "runtime/abi.h"
#include "runtime/sources/csv_scan.h"

#include <deque>
#include <string>
#include <vector>

namespace nnrt {

struct CsvTable {
  std::string path, text;
  bool cut = false; // the file is longer than the text
  CsvDialect dialect;
  std::vector<std::string> names; // of the columns
  bool header = false;            // the first record is not data
  bool guessed = false;   // it could have been meant otherwise: the run says how it was taken
  bool reordered = false; // the program names its columns as its header does, in another order

  /// A scanner at the first record of data.
  Status begin(CsvScanner &scanner) const;
  /// Whether a cell has no value.
  bool isMissing(const Cell &cell) const;
  /// Makes the last record as long as the table is wide: without an empty cell after a separator at
  /// its end. Another length is an error.
  Status fit(const CsvScanner &scanner, std::vector<Cell> &cells) const;
  /// "no header, semicolon".
  std::string shape() const;

  void setMissing(std::vector<std::string> words);

private:
  std::vector<std::string> missing; // texts of cells without a value
  bool begins[256] = {};            // what these begin with: most cells need no comparison
  bool emptyIsMissing = false;
};

/// Reads a table and finds out what the program does not say: the separator, and whether the first
/// record is a header. `known` are names that make it one. What cannot be told is an error that
/// asks.
Status readTable(const nn_source &source, const std::string &path, size_t limit,
                 const std::vector<std::string> &known, CsvTable &table);

/// csv_guess.cpp: some records from the table's start, whole.
using Sample = std::vector<std::vector<Cell>>;
enum class FirstRecord { Header, Data, Doubtful };
struct Judgement {
  FirstRecord is;
  bool sure;            // the records below leave no other reading
  std::string why;      // of a doubt
  bool unnamed = false; // a header of the numbers from 0: nobody gave the columns names
};
Judgement judgeFirst(const CsvTable &table, const Sample &sample,
                     const std::vector<std::string> &known, bool named);
char findSeparator(std::string_view text, const CsvDialect &dialect);

} // namespace nnrt
