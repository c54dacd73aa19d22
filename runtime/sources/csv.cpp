// Reads CSV tables. Only the columns that the program uses are read; a cell that should be a number
// but is not stops the run with its place. Cells without a value are recorded separately: the data
// set decides what to do with them.
#include "runtime/sources/cells/moments.h"
#include "runtime/sources/csv_table.h"
#include "runtime/sources/source.h"
#include "runtime/support/suggest.h"

#include <cmath>
#include <unordered_map>

namespace nnrt {
namespace {

struct TableColumn {
  int32_t kind;
  int64_t cell = -1;           // index in a record; -1: an optional column that is missing
  std::string text;            // NN_EQUALS, NN_MOMENT
  bool previous = false;       // a cell without a value takes the one of the row before
  std::vector<double> numbers; // NN_NUMBER, NN_MOMENT; NaN: missing
  std::vector<uint8_t> truths; // NN_MISSING, NN_EQUALS
  std::vector<int64_t> absent; // rows without a value
  std::string firstAbsent;     // the place of the first such cell, and its text
  Category classes;            // NN_CATEGORY, NN_WORDS, NN_CHARACTERS; code -1: missing
  std::unordered_map<std::string, int32_t> codes;

  double value(int64_t row) const {
    switch (kind) {
    case NN_NUMBER:
    case NN_MOMENT:
      return numbers[size_t(row)];
    case NN_CATEGORY:
    case NN_WORDS:
    case NN_CHARACTERS:
      return classes.codes[size_t(row)];
    default:
      return truths[size_t(row)];
    }
  }
};

bool isText(int32_t kind) { return kind == NN_WORDS || kind == NN_CHARACTERS; }

class CsvSource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    const TableColumn &from = columns[column];
    for (int64_t r = 0; r < count; ++r)
      out.set(r, from.cell < 0 ? 0 : from.value(selected[r]));
  }
  const Category *category(int column) const override {
    return columns[column].kind == NN_CATEGORY ? &columns[column].classes : nullptr;
  }
  const Category *texts(int column) const override {
    return isText(columns[column].kind) ? &columns[column].classes : nullptr;
  }
  const std::vector<int64_t> &absent(int column) const override { return columns[column].absent; }
  std::string firstAbsent(int column) const override { return columns[column].firstAbsent; }
  bool has(int column) const override { return columns[column].cell >= 0; }
  void forget() override { std::vector<TableColumn>().swap(columns); }
  std::string place(int64_t row) const override {
    return format("%s:%llu", path.c_str(), (unsigned long long)lines[row]);
  }
  bool isTable() const override { return true; }
  std::string guessed() const override { return guess; }

  std::string path, guess;
  std::vector<TableColumn> columns;
  std::vector<uint32_t> lines;
};

std::string listOf(const std::vector<std::string> &names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < 20; ++i)
    text += (i ? ", `" : "`") + quoted(names[i]) + "`";
  return names.size() > 20 ? text + format(" and %zu more", names.size() - 20) : text;
}

/// Finds the cell of each requested column.
Status locate(const CsvTable &table, const std::vector<ColumnRequest> &requests,
              std::vector<TableColumn> &columns) {
  std::unordered_map<std::string, int64_t> cells; // -2: several
  for (size_t i = 0; i < table.names.size(); ++i)
    if (auto added = cells.emplace(table.names[i], int64_t(i)); !added.second)
      added.first->second = -2;
  for (const ColumnRequest &request : requests) {
    TableColumn column;
    column.kind = request.kind;
    column.text = request.text;
    column.previous = request.absent == NN_ABSENT_PREVIOUS;
    auto found = cells.find(request.name);
    if (request.unread)
      found = cells.end();
    if (found != cells.end() && found->second == -2)
      return Status::error("two columns of " + table.path + " are called `" + quoted(request.name) +
                           "`")
          .at(request.where);
    if (found != cells.end())
      column.cell = found->second;
    else if (!request.optional)
      return Status::error(table.path + " has no column `" + quoted(request.name) + "`" +
                           didYouMean(request.name, table.names) +
                           "\n  its columns are: " + listOf(table.names))
          .at(request.where);
    if (!isText(request.kind))
      NN_TRY(checkColumnSize(request, 1, table.path).at(request.where));
    columns.push_back(std::move(column));
  }
  return Status();
}

Status badCell(const CsvScanner &scanner, const CsvTable &table, const Cell &cell,
               const ColumnRequest &request) {
  std::string text =
      scanner.place(cell) + ": column `" + quoted(request.name) + "` needs a number, " +
      (cell.text.empty() ? "the cell is empty" : "found `" + quoted(std::string(cell.text)) + "`");
  if (!request.where.empty())
    text += "\n  the number is needed at " + request.where;
  double value;
  const char other = table.dialect.decimal == '.' ? ',' : '.';
  if (cell.text.find(other) != std::string_view::npos && parseNumber(cell.text, value, other))
    text += other == ',' ? "\n  `decimal = \",\"` reads numbers that are written like this"
                         : "\n  the decimal point is `,` here, as `decimal` says";
  return Status::error(text);
}

/// Adds one record's cell to a column.
Status readCell(const CsvScanner &scanner, const CsvTable &table, const Cell &cell,
                const ColumnRequest &request, int64_t row, TableColumn &column) {
  if (column.kind == NN_EQUALS) {
    column.truths.push_back(cell.text == column.text);
    return Status();
  }
  const bool missing = table.isMissing(cell);
  if (column.kind == NN_MISSING) {
    column.truths.push_back(missing);
    if (missing)
      column.absent.push_back(row);
    return Status();
  }
  const bool fromBefore = missing && column.previous && row > 0 &&
                          (column.absent.empty() || column.absent.back() != row - 1);
  if (missing && !fromBefore) {
    if (column.absent.empty())
      column.firstAbsent =
          scanner.place(cell) +
          (cell.text.empty() ? ", which is empty" : ", `" + quoted(std::string(cell.text)) + "`");
    column.absent.push_back(row);
  }
  if (column.kind == NN_MOMENT) {
    double value = fromBefore ? column.numbers.back() : NAN;
    if (!missing && !readMoment(cell.text, column.text, value))
      return Status::error(scanner.place(cell) + ": column `" + quoted(request.name) +
                           "` needs a date or a time, found `" + quoted(std::string(cell.text)) +
                           "`" + momentCures(quoted(request.name)));
    column.numbers.push_back(value);
    return Status();
  }
  if (column.kind == NN_NUMBER) {
    double value = fromBefore ? column.numbers.back() : NAN;
    if (!missing &&
        (!parseNumber(cell.text, value, table.dialect.decimal) || !std::isfinite(value)))
      return badCell(scanner, table, cell, request);
    column.numbers.push_back(value);
    return Status();
  }
  int32_t code = fromBefore ? column.classes.codes.back() : -1;
  if (!missing) {
    auto added = column.codes.emplace(std::string(cell.text), int32_t(column.classes.names.size()));
    if (added.second)
      column.classes.names.emplace_back(cell.text);
    code = added.first->second;
  }
  column.classes.codes.push_back(code);
  return Status();
}

} // namespace

NN_PART(NN_CSV);

Status openCsv(const SourceSpec &spec, const std::vector<ColumnRequest> &requests,
               std::unique_ptr<Source> &result) {
  const SourceT &source = *spec.source;
  std::unique_ptr<CsvSource> opened(new CsvSource);
  NN_TRY(findFile(source.path, spec.folders, opened->path).at(source.where));
  CsvTable table;
  NN_TRY(readTable(source, opened->path, SIZE_MAX, source.columns, table).at(source.where));
  NN_TRY(locate(table, requests, opened->columns));

  CsvScanner scanner(table.text, table.path, table.dialect);
  NN_TRY(table.begin(scanner));
  std::vector<Cell> cells;
  bool done;
  while (true) {
    NN_TRY(scanner.next(cells, done));
    if (done)
      break;
    NN_TRY(table.fit(scanner, cells));
    const int64_t row = int64_t(opened->lines.size());
    for (size_t c = 0; c < opened->columns.size(); ++c)
      if (TableColumn &column = opened->columns[c]; column.cell >= 0)
        NN_TRY(readCell(scanner, table, cells[size_t(column.cell)], requests[c], row, column));
    opened->lines.push_back(uint32_t(scanner.line()));
  }
  opened->rows = int64_t(opened->lines.size());
  if (opened->rows == 0)
    return Status::error(opened->path + " has a header but no rows").at(source.where);
  if (table.reordered)
    opened->guess = format("note: %s: its header has the names that `columns` gives in another "
                           "order; those of the program count",
                           source.path.c_str());
  else if (table.guessed)
    opened->guess = format("%s: %s, %s", source.path.c_str(), table.shape().c_str(),
                           counted(opened->rows, "row").c_str());
  result = std::move(opened);
  return Status();
}

} // namespace nnrt
