// Splits CSV text into records and cells, and parses numbers.
#include "runtime/sources/csv_scan.h"

#include <algorithm>
#include <charconv>
#include <cmath>

namespace nnrt {

CsvScanner::CsvScanner(std::string_view text, std::string file, CsvDialect dialect)
    : text(text), name(std::move(file)), dialect(dialect) {
  if (this->text.substr(0, 3) == "\xEF\xBB\xBF") // a byte order mark
    at = 3;
}

std::string CsvScanner::place(const Cell &cell) const {
  return format("%s:%llu:%u", name.c_str(), (unsigned long long)recordLine, cell.column);
}

/// Moves on past LF, CRLF or CR.
void CsvScanner::endLine() {
  if (at >= text.size())
    return;
  at += text.substr(at, 2) == "\r\n" ? 2 : 1;
  ++currentLine;
}

/// False at the end of the text.
bool CsvScanner::skipEmptyLines() {
  while (at < text.size()) {
    const size_t start = at;
    while (at < text.size() && blank(text[at]))
      ++at;
    if (!ends()) {
      at = start;
      return true;
    }
    endLine();
  }
  return false;
}

Status CsvScanner::quoted(Cell &cell) {
  cell.isQuoted = true;
  const size_t start = ++at;
  bool doubled = false;
  while (true) {
    at = text.find(dialect.quote, at);
    if (at == std::string_view::npos)
      return Status::error(place(cell) + ": this quote is never closed" +
                           "\n  where quotes are part of the cells, `quote = none` says so");
    if (at + 1 >= text.size() || text[at + 1] != dialect.quote)
      break;
    doubled = true;
    at += 2;
  }
  cell.text = text.substr(start, at - start);
  for (size_t i = 0; i < cell.text.size(); ++i)
    currentLine +=
        cell.text[i] == '\n' ||
        (cell.text[i] == '\r' && (i + 1 == cell.text.size() || cell.text[i + 1] != '\n'));
  if (doubled) {
    std::string plain;
    for (size_t i = 0; i < cell.text.size(); ++i) {
      plain += cell.text[i];
      if (cell.text[i] == dialect.quote)
        ++i;
    }
    unescaped.push_back(std::move(plain));
    cell.text = unescaped.back();
  }
  ++at;
  while (at < text.size() && blank(text[at]))
    ++at;
  if (!ends() && text[at] != dialect.separator)
    return Status::error(place(cell) + ": a quoted cell continues after its closing quote");
  return Status();
}

Status CsvScanner::next(std::vector<Cell> &cells, bool &done) {
  cells.clear();
  unescaped.clear();
  done = !skipEmptyLines();
  if (done)
    return Status();
  recordLine = currentLine;
  const size_t lineStart = at;
  while (true) {
    while (at < text.size() && blank(text[at]))
      ++at;
    Cell cell{{}, uint32_t(at - lineStart + 1), false};
    if (dialect.quote && at < text.size() && text[at] == dialect.quote) {
      NN_TRY(quoted(cell));
    } else {
      const size_t start = at;
      while (!ends() && text[at] != dialect.separator)
        ++at;
      size_t end = at;
      while (end > start && blank(text[end - 1]))
        --end;
      cell.text = text.substr(start, end - start);
    }
    cells.push_back(cell);
    if (ends())
      break;
    ++at; // the separator
  }
  endLine();
  return Status();
}

bool parseNumber(std::string_view text, double &value, char decimal) {
  std::string pointed;
  if (decimal != '.') {
    if (text.find('.') !=
        std::string_view::npos) // for thousands, or a decimal point after all: do not guess
      return false;
    pointed = text;
    std::replace(pointed.begin(), pointed.end(), decimal, '.');
    text = pointed;
  }
  if (!text.empty() && text[0] == '+') {
    text.remove_prefix(1);
    if (!text.empty() && text[0] == '-')
      return false;
  }
  std::from_chars_result result = std::from_chars(text.data(), text.data() + text.size(), value);
  if (result.ptr != text.data() + text.size())
    return false;
  if (result.ec == std::errc::result_out_of_range) {
    // from_chars does not set the value here: a number that is too small is zero, one that is too
    // large is infinite.
    size_t e = text.find_first_of("eE");
    bool tiny = e != std::string_view::npos
                    ? e + 1 < text.size() && text[e + 1] == '-'
                    : text.substr(0, 3) == "0.0" || text.substr(0, 4) == "-0.0";
    value = tiny ? 0 : HUGE_VAL;
    return true;
  }
  return result.ec == std::errc();
}

} // namespace nnrt
