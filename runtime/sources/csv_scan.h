// Splits the text of a CSV file into cells. Shared by the loader, the compiler's probe and
// `predict`.
#pragma once

#include "runtime/support/status.h"

#include <deque>
#include <string>
#include <string_view>
#include <vector>

namespace nnrt {

struct Cell {
  std::string_view text; // without quotes and outer spaces; doubled quotes are resolved
  uint32_t column;       // where it starts in its line, from 1
  bool isQuoted;
};

/// How a table is written.
struct CsvDialect {
  char separator = ',';
  char quote = '"'; // 0: no cell is in quotes
  char decimal = '.';
};

/// Iterates over the records of a CSV text: cells in quotes may contain separators, line ends and
/// doubled quotes; lines end in LF, CRLF or CR; empty lines are skipped.
class CsvScanner {
public:
  /// `text` must outlive the scanner and its cells. `file` is for messages.
  CsvScanner(std::string_view text, std::string file, CsvDialect dialect = {});

  /// The next record; `done` when there is none. Cells stay valid until the next call.
  Status next(std::vector<Cell> &cells, bool &done);
  /// The line on which the last record started, from 1.
  uint64_t line() const { return recordLine; }
  const std::string &file() const { return name; }
  /// "file:line:column" of a cell of the last record.
  std::string place(const Cell &cell) const;

private:
  bool blank(char c) const { return (c == ' ' || c == '\t') && c != dialect.separator; }
  bool ends() const { return at >= text.size() || text[at] == '\n' || text[at] == '\r'; }
  void endLine();
  bool skipEmptyLines();
  Status quoted(Cell &cell);

  std::string_view text;
  std::string name;
  CsvDialect dialect;
  size_t at = 0;
  uint64_t currentLine = 1, recordLine = 1;
  std::deque<std::string>
      unescaped; // cells with doubled quotes, resolved; a deque does not move them
};

/// Parses a whole cell as a finite or non-finite number; false if it is not a number.
bool parseNumber(std::string_view text, double &value, char decimal = '.');

} // namespace nnrt
