// Reading predict's input: a table with the data set's columns, or plain rows of x's elements.
#include "runtime/predict_input.h"

#include "runtime/sources/csv_scan.h"

#include <algorithm>
#include <cmath>

namespace nnrt {

Status firstRecord(const std::string &path, std::vector<std::string> &cells) {
  std::string contents;
  NN_TRY(readFile(path, contents, size_t(1) << 20));
  NN_TRY(checkText(contents, path));
  CsvScanner scanner(contents, path);
  std::vector<Cell> record;
  bool done;
  NN_TRY(scanner.next(record, done));
  if (done)
    return Status::error(path + " has only empty lines");
  for (const Cell &cell : record)
    cells.emplace_back(cell.text);
  return Status();
}

bool isHeader(const std::vector<std::string> &cells) {
  double ignored;
  for (const std::string &cell : cells)
    if (parseNumber(cell, ignored))
      return false;
  return true;
}

Status openTable(Run &run, const nn_data &data, std::unique_ptr<Source> &source) {
  std::vector<std::string> first;
  NN_TRY(firstRecord(run.flags.input, first));
  nn_source description = data.source;
  description.path = run.flags.input.c_str();
  description.where = "";
  description.header = isHeader(first) ? NN_HEADER_YES : NN_HEADER_NO;
  std::vector<ColumnRequest> requests;
  bool anyName = false;
  for (int32_t c = 0; c < data.n_columns; ++c) {
    requests.push_back({data.columns[c].name, "", data.columns[c].kind, data.columns[c].size, true});
    anyName |= std::find(first.begin(), first.end(), data.columns[c].name) != first.end();
  }
  if (description.header == NN_HEADER_YES && anyName) {
    description.n_columns = 0; // its own names
  } else if (data.source.n_columns > 0) {
    if (first.size() > size_t(data.source.n_columns))
      return Status::error(format("%s has %zu columns, the program names %d", run.flags.input.c_str(), first.size(),
                                  data.source.n_columns));
    description.n_columns = int32_t(first.size()); // columns at the end may be missing
  }
  SourceSpec spec{&description, 0, 0, 0, 0, 0, 0, 0, 0, {}};
  return openCsv(spec, requests, source);
}

Status openMatrix(const std::string &path, int64_t width, std::unique_ptr<MatrixSource> &matrix) {
  std::string contents;
  std::vector<std::string> first;
  NN_TRY(firstRecord(path, first));
  NN_TRY(readFile(path, contents));
  NN_TRY(checkText(contents, path));
  matrix.reset(new MatrixSource);
  matrix->path = path;
  matrix->width = width;
  CsvScanner scanner(contents, path);
  std::vector<Cell> cells;
  bool done;
  NN_TRY(scanner.next(cells, done));
  if (isHeader(first))
    NN_TRY(scanner.next(cells, done));
  while (!done) {
    if (int64_t(cells.size()) < width)
      return Status::error(format("%s:%llu: this row has %zu cells, x has %lld elements", path.c_str(),
                                  (unsigned long long)scanner.line(), cells.size(), (long long)width));
    for (int64_t i = 0; i < width; ++i) {
      double value;
      if (!parseNumber(cells[i].text, value) || !std::isfinite(value))
        return Status::error(scanner.place(cells[i]) + ": x needs a number, found `" +
                             quoted(std::string(cells[i].text)) + "`");
      matrix->numbers.push_back(value);
    }
    matrix->lines.push_back(uint32_t(scanner.line()));
    NN_TRY(scanner.next(cells, done));
  }
  matrix->rows = int64_t(matrix->lines.size());
  return matrix->rows ? Status() : Status::error(path + " has a header but no rows");
}

} // namespace nnrt
