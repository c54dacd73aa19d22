// CSV tables. Only the columns that the program uses are read; a cell that is not the number it should be stops the
// run with its place.
#include "runtime/sources/csv_scan.h"
#include "runtime/sources/source.h"
#include "runtime/suggest.h"

#include <cmath>
#include <unordered_map>

namespace nnrt {
namespace {

struct TableColumn {
  int32_t kind;
  int64_t cell = -1;           // index in a record, or -1: an optional column that is missing
  std::vector<double> numbers; // NN_NUMBER
  Category classes;            // NN_CATEGORY
  std::unordered_map<std::string, int32_t> codes;
};

class CsvSource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    const TableColumn &from = columns[column];
    for (int64_t r = 0; r < count; ++r)
      out.set(r, from.cell < 0          ? 0
                 : from.kind == NN_NUMBER ? from.numbers[selected[r]]
                                          : double(from.classes.codes[selected[r]]));
  }
  const Category *category(int column) const override {
    return columns[column].kind == NN_CATEGORY ? &columns[column].classes : nullptr;
  }
  bool has(int column) const override { return columns[column].cell >= 0; }
  void forget() override { std::vector<TableColumn>().swap(columns); }
  std::string place(int64_t row) const override {
    return format("%s:%llu", path.c_str(), (unsigned long long)lines[row]);
  }

  std::string path;
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
Status locate(const CsvLayout &layout, const std::string &path, const std::vector<ColumnRequest> &requests,
              std::vector<TableColumn> &columns) {
  for (const ColumnRequest &request : requests) {
    TableColumn column;
    column.kind = request.kind;
    for (size_t i = 0; i < layout.names.size(); ++i) {
      if (layout.names[i] != request.name)
        continue;
      if (column.cell >= 0)
        return Status::error("two columns of " + path + " are called `" + request.name + "`")
            .at(request.where.c_str());
      column.cell = int64_t(i);
    }
    if (column.cell < 0 && !request.optional)
      return Status::error(path + " has no column `" + request.name + "`" +
                           didYouMean(request.name, layout.names) +
                           "\n  its columns are: " + listOf(layout.names))
          .at(request.where.c_str());
    NN_TRY(checkColumnSize(request, 1, path.c_str()).at(request.where.c_str()));
    columns.push_back(std::move(column));
  }
  return Status();
}

Status badCell(const CsvScanner &scanner, const Cell &cell, const std::string &column) {
  std::string found = cell.text.empty() ? "the cell is empty" : "found `" + quoted(std::string(cell.text)) + "`";
  return Status::error(scanner.place(cell) + ": column `" + column + "` needs a number, " + found);
}

Status readRecord(const CsvScanner &scanner, const std::vector<Cell> &cells, const CsvLayout &layout,
                  std::vector<TableColumn> &columns) {
  if (cells.size() != layout.names.size())
    return Status::error(format("%s:%llu: this row has %zu %s, the table has %zu columns", scanner.file().c_str(),
                                (unsigned long long)scanner.line(), cells.size(),
                                cells.size() == 1 ? "cell" : "cells", layout.names.size()));
  for (TableColumn &column : columns) {
    if (column.cell < 0)
      continue;
    const Cell &cell = cells[column.cell];
    if (column.kind == NN_NUMBER) {
      double value;
      if (!parseNumber(cell.text, value) || !std::isfinite(value))
        return badCell(scanner, cell, layout.names[column.cell]);
      column.numbers.push_back(value);
      continue;
    }
    if (cell.text.empty())
      return Status::error(scanner.place(cell) + ": column `" + layout.names[column.cell] +
                           "` needs a class, the cell is empty");
    auto added = column.codes.emplace(std::string(cell.text), int32_t(column.classes.names.size()));
    if (added.second)
      column.classes.names.emplace_back(cell.text);
    column.classes.codes.push_back(added.first->second);
  }
  return Status();
}

} // namespace

Status openCsv(const SourceSpec &spec, const std::vector<ColumnRequest> &requests,
               std::unique_ptr<Source> &result) {
  std::unique_ptr<CsvSource> table(new CsvSource);
  NN_TRY(findFile(spec.source->path, spec.folders, table->path).at(spec.source->where));
  std::string contents;
  NN_TRY(readFile(table->path, contents).at(spec.source->where));
  NN_TRY(checkText(contents, table->path).at(spec.source->where));

  CsvScanner scanner(contents, table->path);
  std::vector<Cell> cells;
  bool done;
  NN_TRY(scanner.next(cells, done));
  if (done)
    return Status::error(table->path + " has only empty lines").at(spec.source->where);
  CsvLayout layout;
  NN_TRY(csvLayout(*spec.source, cells, scanner, layout));
  NN_TRY(locate(layout, table->path, requests, table->columns));
  if (layout.header)
    NN_TRY(scanner.next(cells, done));
  while (!done) {
    NN_TRY(readRecord(scanner, cells, layout, table->columns));
    table->lines.push_back(uint32_t(scanner.line()));
    NN_TRY(scanner.next(cells, done));
  }
  table->rows = int64_t(table->lines.size());
  if (table->rows == 0)
    return Status::error(table->path + " has a header but no rows").at(spec.source->where);
  result = std::move(table);
  return Status();
}

} // namespace nnrt
