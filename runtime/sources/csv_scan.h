// Reading the text of a CSV file into cells. Shared by the loader, the compiler's probe and `predict`.
#pragma once

#include "runtime/abi.h"
#include "runtime/status.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace nnrt {

struct Cell {
  std::string_view text; // without quotes and outer blanks; doubled quotes are resolved
  uint32_t column;       // where it starts in its line, from 1
};

/// Walks over the records of a CSV text: cells in "quotes" may hold separators, line ends and doubled quotes; lines end
/// in LF or CRLF; empty lines are skipped. The separator is a comma, unless the first line has none but has a
/// semicolon or a tab.
class CsvScanner {
public:
  /// `text` must outlive the scanner and its cells. `file` is for messages.
  CsvScanner(std::string_view text, std::string file);

  /// The next record; `done` when there is none. Cells stay valid until the next call.
  Status next(std::vector<Cell> &cells, bool &done);
  /// The line on which the last record started, from 1.
  uint64_t line() const { return recordLine; }
  const std::string &file() const { return name; }
  /// "file:line:column" of a cell of the last record.
  std::string place(const Cell &cell) const;

private:
  std::string_view text;
  std::string name;
  size_t at = 0;
  uint64_t currentLine = 1, recordLine = 1;
  char separator = ',';
  std::deque<std::string> unescaped; // cells with doubled quotes, resolved; a deque does not move them
};

/// Parses a whole cell as a finite or non-finite number; false when it is not a number.
bool parseNumber(std::string_view text, double &value);

/// The names of a CSV file's columns and whether its first record is a header.
struct CsvLayout {
  std::vector<std::string> names;
  bool header = false;
};

/// Decides the layout from the first record: a header is one without any number in it (or what `source` says). Without
/// a header and names in the program, columns are called c1, c2, ….
Status csvLayout(const nn_source &source, const std::vector<Cell> &first, const CsvScanner &scanner,
                 CsvLayout &layout);

/// Fails on text that cannot be a CSV file: empty, or binary.
Status checkText(const std::string &contents, const std::string &path);

} // namespace nnrt
