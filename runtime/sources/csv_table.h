// A CSV file: its text, its format and the names of its columns. The compiler's probe, the loader
// and `predict` all use this, so that they agree.
#pragma once

#include "runtime/schema/program.h"
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
  bool guessed = false;           // the format is ambiguous: the run reports how it was read
  bool reordered = false; // the program names its columns as its header does, in another order

  /// A scanner at the first record of data.
  Status begin(CsvScanner &scanner) const;
  /// Whether a cell has no value.
  bool isMissing(const Cell &cell) const;
  /// Makes the last record as long as the table is wide, by removing an empty cell after a
  /// separator at its end. Any other length is an error.
  Status fit(const CsvScanner &scanner, std::vector<Cell> &cells) const;
  /// "no header, semicolon".
  std::string shape() const;

  void setMissing(std::vector<std::string> words);

private:
  std::vector<std::string> missing; // texts of cells without a value
  bool begins[256] = {};            // first characters of these: most cells need no comparison
  bool emptyIsMissing = false;
};

/// Reads a table and detects what the program does not give: the separator, and whether the first
/// record is a header. `known`: names that make it a header. An ambiguity is an error that asks for
/// the setting.
Status readTable(const SourceT &source, const std::string &path, size_t limit,
                 const std::vector<std::string> &known, CsvTable &table);

/// csv_guess.cpp: some records from the table's start, whole.
using Sample = std::vector<std::vector<Cell>>;
enum class FirstRecord { Header, Data, Doubtful };
struct Judgement {
  FirstRecord is;
  bool sure;            // the records below allow no other reading
  std::string why;      // the reason for a doubt
  bool unnamed = false; // a header of numbers from 0: the columns have no real names
};
Judgement judgeFirst(const CsvTable &table, const Sample &sample,
                     const std::vector<std::string> &known, bool named);
char findSeparator(std::string_view text, const CsvDialect &dialect);

} // namespace nnrt
