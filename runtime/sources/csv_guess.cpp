// Guesses a table's separator, and whether its first record names the columns.
#include "runtime/sources/csv_table.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

namespace {

const char candidates[] = {',', ';', '\t', '|'}; // at a tie the first is taken
const size_t separatorRecords = 100;
const double leastYear = 1000; // names that count up from a number other than 0 are years or
                               // similar

/// A number in any common notation, not only in the one that the table is declared to use.
bool isNumber(std::string_view text, double &value) {
  return (parseNumber(text, value, '.') || parseNumber(text, value, ',')) && std::isfinite(value);
}

struct Fitness {
  bool even = false; // every record has the same number of cells, more than one
  double plain = 0; // the share of cells that are numbers, quoted, or without any of the candidates
  size_t first = 0; // cells of the first record
};

Fitness fitnessOf(std::string_view text, CsvDialect dialect, bool isWhole) {
  CsvScanner scanner(text, "", dialect);
  std::vector<Cell> cells;
  std::vector<std::pair<size_t, size_t>> records; // number of cells, and how many of them are plain
  bool done = false, sound = true;
  while (records.size() < separatorRecords) {
    sound = !scanner.next(cells, done).failed();
    if (!sound || done)
      break;
    // A separator at the end of a record does not add a cell.
    if (cells.size() > 2 && cells.back().text.empty())
      cells.pop_back();
    size_t plain = 0;
    for (const Cell &cell : cells) {
      double value;
      plain += cell.isQuoted || isNumber(cell.text, value) ||
               cell.text.find_first_of(std::string_view(candidates, sizeof candidates)) ==
                   std::string_view::npos;
    }
    records.push_back({cells.size(), plain});
  }
  if (!isWhole && records.size() > 1 && records.size() < separatorRecords)
    records.pop_back(); // truncated
  Fitness fitness;
  if (records.empty())
    return fitness;
  fitness.first = records.front().first;
  fitness.even = (sound || !isWhole) && fitness.first > 1;
  size_t total = 0, plain = 0;
  for (auto [count, good] : records) {
    fitness.even &= count == fitness.first;
    total += count;
    plain += good;
  }
  fitness.plain = double(plain) / double(std::max<size_t>(total, 1));
  return fitness;
}

/// Describes one column's first cell, and the cells below it.
struct Column {
  enum { Missing, Number, Word } first = Missing;
  double value = 0;                  // of a number
  size_t numbers = 0, words = 0;     // below
  bool whole = false, again = false; // whole numbers below; the first cell's text occurs again
  double least = INFINITY, most = -INFINITY;
  bool contrasts() const { return first == Word && numbers > 0 && words == 0; }
};

std::vector<Column> compare(const CsvTable &table, const Sample &sample) {
  const std::vector<Cell> &top = sample.front();
  std::vector<Column> columns(top.size());
  std::vector<bool> plainNumbers(top.size());
  for (size_t c = 0; c < top.size(); ++c) {
    Column &column = columns[c];
    for (size_t r = 1; r < sample.size(); ++r) {
      if (c >= sample[r].size())
        continue;
      const Cell &cell = sample[r][c];
      if (table.isMissing(cell))
        continue;
      double value;
      column.again |= cell.text == top[c].text;
      if (!isNumber(cell.text, value)) {
        ++column.words;
        continue;
      }
      ++column.numbers;
      plainNumbers[c] = plainNumbers[c] || !cell.isQuoted;
      column.whole |= cell.text.find_first_of(".,eE") == std::string_view::npos;
      column.least = std::min(column.least, value);
      column.most = std::max(column.most, value);
    }
    if (isNumber(top[c].text, column.value)) // a number in quotes above plain ones is a name
      column.first = top[c].isQuoted && plainNumbers[c] ? Column::Word : Column::Number;
    else
      column.first = table.isMissing(top[c]) ? Column::Missing : Column::Word;
  }
  return columns;
}

/// The first record has words only, and not above numbers alone.
Judgement judgeWords(const std::vector<Column> &columns, size_t words, bool named) {
  const size_t again = size_t(std::count_if(columns.begin(), columns.end(), [](const Column &c) {
    return c.first == Column::Word && c.again;
  }));
  if (again == words) // or there are none
    return {FirstRecord::Data, false, ""};
  if (named)
    return {FirstRecord::Doubtful, false,
            "its cells are words, as those below are, and the program names the columns"};
  if (again > 0)
    return {FirstRecord::Doubtful, false,
            "its cells are words, as those below are, and some of them occur again"};
  return {FirstRecord::Header, false, ""};
}

/// The first record has numbers: 0, 1, 2, … are the column names of a table that was written
/// without names; they may also be years.
Judgement judgeNumbers(const std::vector<Column> &columns, size_t records) {
  size_t numbers = 0;
  bool counts = true, whole = false, within = true, contrast = false;
  double start = 0;
  for (const Column &column : columns) {
    contrast |= column.contrasts();
    if (column.first != Column::Number)
      continue;
    if (numbers++ == 0)
      start = column.value;
    counts &= column.value == start + double(numbers - 1) && start == std::floor(start);
    whole |= column.whole || column.numbers == 0;
    within &= column.value >= column.least && column.value <= column.most;
  }
  counts &= numbers > 1 || (start == 0 && columns.size() == 1 && !whole);
  if (records < 2)
    return {FirstRecord::Data, true, ""};
  if (counts && !whole && numbers > 1)
    return {FirstRecord::Header, false, "", start == 0};
  if (contrast)
    return {FirstRecord::Doubtful, false,
            "it has a word where the lines below have numbers, and numbers too"};
  if (counts && (start == 0 || (start >= leastYear && !within)))
    return {FirstRecord::Doubtful, false, "its numbers count up, as names do that nobody gave"};
  return {FirstRecord::Data, false, ""};
}

} // namespace

char findSeparator(std::string_view text, const CsvDialect &dialect) {
  const size_t enough = size_t(1) << 20;
  const bool isWhole = text.size() <= enough;
  Fitness best;
  char found = 0;
  for (char separator : candidates) {
    if (separator == dialect.decimal || separator == dialect.quote)
      continue;
    CsvDialect tried = dialect;
    tried.separator = separator;
    const Fitness fitness = fitnessOf(text.substr(0, enough), tried, isWhole);
    const bool better = fitness.even != best.even ? fitness.even
                        : fitness.even            ? fitness.plain > best.plain
                                                  : fitness.first > 1 && best.first < 2;
    if (!found || better) {
      best = fitness;
      found = separator;
    }
  }
  return found;
}

Judgement judgeFirst(const CsvTable &table, const Sample &sample,
                     const std::vector<std::string> &known, bool named) {
  const std::vector<Column> columns = compare(table, sample);
  size_t numbers = 0, words = 0, same = 0;
  bool contrast = false;
  for (size_t c = 0; c < columns.size(); ++c) {
    numbers += columns[c].first == Column::Number;
    words += columns[c].first == Column::Word;
    contrast |= columns[c].contrasts();
    same += std::find(known.begin(), known.end(), sample.front()[c].text) != known.end() &&
            !columns[c].again;
  }
  if (same > 0 && (!named || same == columns.size()))
    return {FirstRecord::Header, true, ""};
  if (numbers > 0)
    return judgeNumbers(columns, sample.size());
  if (contrast)
    return {FirstRecord::Header, true, ""};
  if (sample.size() == 1 && !named)
    return {FirstRecord::Header, true, ""};
  return judgeWords(columns, words, named);
}

} // namespace nnrt
