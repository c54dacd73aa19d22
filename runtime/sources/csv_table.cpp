// Reads a CSV file up to its first record of data.
#include "runtime/sources/csv_table.h"

#include "runtime/sources/text_bytes.h"

#include <algorithm>

namespace nnrt {

namespace {

const size_t sampleRecords = 1000, sampleCells = 200000,
             fewestRecords = 20; // the records that a guess is based on

std::string nameOf(char separator) {
  switch (separator) {
  case ',':
    return "comma";
  case ';':
    return "semicolon";
  case '\t':
    return "tab";
  case '|':
    return "bar";
  case ' ':
    return "blank";
  default:
    return std::string("`") + separator + "`";
  }
}

/// Reads the cells of some records; their texts point into the table or into `owned`.
Status readSample(const CsvTable &table, std::deque<std::string> &owned, Sample &sample,
                  uint64_t &line) {
  CsvScanner scanner(table.text, table.path, table.dialect);
  size_t cells = 0;
  while (sample.size() < sampleRecords && (cells < sampleCells || sample.size() < fewestRecords)) {
    std::vector<Cell> record;
    bool done;
    // A record that cannot be read is reported when the data are read; the guess ignores it. The
    // first record is needed.
    Status status = scanner.next(record, done);
    if (status.failed() && sample.empty())
      return status;
    if (status.failed() || done)
      break;
    if (sample.empty())
      line = scanner.line();
    for (Cell &cell : record)
      if (cell.text.data() < table.text.data() ||
          cell.text.data() > table.text.data() + table.text.size()) {
        owned.emplace_back(cell.text);
        cell.text = owned.back();
      }
    cells += record.size();
    sample.push_back(std::move(record));
  }
  return Status();
}

/// Separators at the ends of all records do not add a column.
void dropEmptyEnd(Sample &sample) {
  const size_t width = sample.front().size();
  for (const std::vector<Cell> &record : sample)
    if (width < 2 ||
        !(record.size() == width ? record.back().text.empty() && !record.back().isQuoted
                                 : record.size() == width - 1))
      return;
  for (std::vector<Cell> &record : sample)
    record.resize(width - 1);
}

/// `unnamed`: numbers and empty cells in the header are not names.
Status nameColumns(const SourceT &source, const std::vector<Cell> &first, uint64_t line,
                   bool unnamed, CsvTable &table) {
  auto isName = [&](const Cell &cell) {
    double ignored;
    return table.header && !(unnamed && (cell.text.empty() || parseNumber(cell.text, ignored)));
  };
  if (int32_t(source.columns.size()) > 0 && source.columns.size() != first.size())
    return Status::error(format(
        "%s:%llu has %zu %s, the program names %d", table.path.c_str(), (unsigned long long)line,
        first.size(), first.size() == 1 ? "column" : "columns", int32_t(source.columns.size())));
  for (size_t i = 0; i < first.size(); ++i)
    table.names.push_back(int32_t(source.columns.size()) > 0 ? std::string(source.columns[i])
                          : isName(first[i])                 ? std::string(first[i].text)
                                                             : "c" + std::to_string(i + 1));
  if (!table.header && int32_t(source.columns.size()) == 0 && source.compiled_columns > 0 &&
      size_t(source.compiled_columns) != first.size())
    return Status::error(format("%s:%llu has %zu columns and no header; the table that the program "
                                "was compiled with has %d",
                                table.path.c_str(), (unsigned long long)line, first.size(),
                                source.compiled_columns));
  return Status();
}

} // namespace

Status CsvTable::begin(CsvScanner &scanner) const {
  if (!header)
    return Status();
  std::vector<Cell> cells;
  bool done;
  return scanner.next(cells, done);
}

void CsvTable::setMissing(std::vector<std::string> words) {
  missing = std::move(words);
  for (const std::string &word : missing)
    (word.empty() ? emptyIsMissing : begins[(unsigned char)word[0]]) = true;
}

bool CsvTable::isMissing(const Cell &cell) const {
  if (cell.text.empty())
    return emptyIsMissing;
  if (!begins[(unsigned char)cell.text[0]])
    return false;
  for (const std::string &word : missing)
    if (cell.text == word)
      return true;
  return false;
}

Status CsvTable::fit(const CsvScanner &scanner, std::vector<Cell> &cells) const {
  if (cells.size() == names.size() + 1 && cells.back().text.empty() && !cells.back().isQuoted)
    cells.pop_back();
  if (cells.size() == names.size())
    return Status();
  return Status::error(
      format("%s:%llu: this row has %zu %s, the table has %zu columns, parted by %s", path.c_str(),
             (unsigned long long)scanner.line(), cells.size(), cells.size() == 1 ? "cell" : "cells",
             names.size(),
             dialect.separator == '|' || dialect.separator == ' ' || dialect.separator == '\t'
                 ? ("a " + nameOf(dialect.separator)).c_str()
                 : (nameOf(dialect.separator) + "s").c_str()));
}

std::string CsvTable::shape() const {
  return std::string(header ? "header, " : "no header, ") + nameOf(dialect.separator);
}

/// Whether the program's names are those of the header, in another order.
static bool isReordered(const SourceT &source, const std::vector<Cell> &header) {
  std::vector<std::string> given = source.columns, own;
  for (const Cell &cell : header)
    own.emplace_back(cell.text);
  if (given == own)
    return false;
  std::sort(given.begin(), given.end());
  std::sort(own.begin(), own.end());
  return given == own;
}

Status readTable(const SourceT &source, const std::string &path, size_t limit,
                 const std::vector<std::string> &known, CsvTable &table) {
  table.path = path;
  NN_TRY(readText(path, source.encoding, table.text, limit, table.cut));
  if (source.has_missing)
    table.setMissing(source.missing);
  else // what people and other programs write
    table.setMissing(
        {"", "?", "NA", "N/A", "n/a", "na", "nan", "NaN", "NAN", "null", "NULL", "Null"});
  table.dialect.quote = source.quote == noQuotes ? 0 : source.quote ? char(source.quote) : '"';
  table.dialect.decimal = source.decimal ? char(source.decimal) : '.';
  table.dialect.separator =
      source.separator ? char(source.separator) : findSeparator(table.text, table.dialect);

  std::deque<std::string> owned;
  Sample sample;
  uint64_t line = 1;
  NN_TRY(readSample(table, owned, sample, line));
  if (sample.empty())
    return Status::error(path + " has only empty lines");
  if (int32_t(source.columns.size()) == 0 || source.columns.size() < sample.front().size())
    dropEmptyEnd(sample);
  if (source.header != NN_HEADER_AUTO) {
    table.header = source.header == NN_HEADER_YES;
    table.guessed = !source.separator && table.dialect.separator != ',';
    table.reordered = table.header && isReordered(source, sample.front());
    return nameColumns(source, sample.front(), line, false, table);
  }
  const Judgement judged = judgeFirst(table, sample, known, int32_t(source.columns.size()) > 0);
  if (judged.is == FirstRecord::Doubtful)
    return Status::error(
        format("%s:%llu: is this line a header? %s", path.c_str(), (unsigned long long)line,
               judged.why.c_str()) +
        "\n  `csv(…, header = yes)` says that it is, `header = none` that it is data");
  table.header = judged.is == FirstRecord::Header;
  table.guessed = !judged.sure || (!source.separator && table.dialect.separator != ',');
  table.reordered = table.header && isReordered(source, sample.front());
  return nameColumns(source, sample.front(), line, judged.unnamed, table);
}

} // namespace nnrt
