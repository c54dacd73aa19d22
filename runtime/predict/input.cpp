// Reads predict's input: a table with the data set's columns, or plain rows of x's elements.
#include "runtime/predict/input.h"

#include "runtime/files/piped.h"
#include "runtime/predict/new_rows.h"
#include "runtime/process/output.h"
#include "runtime/sources/csv_table.h"
#include "runtime/sources/image_reader.h"
#include "runtime/sources/npy_file.h"

#include <algorithm>
#include <cmath>
#include <cstring>

namespace nnrt {

// Weak: they are linked with programs whose data are of that kind (NN_PART), and called for no
// others.
[[gnu::weak]] Open openCsv, openNpy, openText;
[[gnu::weak]] Status listNpz(const std::string &path, std::vector<std::string> &names);

/// The names of a data set's columns, by which a table's first line is recognised as a header.
static std::vector<std::string> columnNames(const DataT &data) {
  std::vector<std::string> names = data.source->columns;
  for (const ColumnT &column : data.columns)
    names.push_back(column.name);
  return names;
}

/// The description of new rows: as the rows of training, except for the header.
static SourceT likeTraining(const DataT &data, const std::string &path) {
  SourceT description = data.source->kind == NN_CSV ? *data.source : SourceT{};
  description.kind = NN_CSV;
  description.path = path;
  description.where.clear();
  description.columns.clear();
  description.compiled_columns = 0;
  description.header = NN_HEADER_AUTO;
  return description;
}

std::vector<std::string> namesOf(const DataT &data, const std::string &path) {
  CsvTable table; // what is no table has no names
  if (readTable(likeTraining(data, path), path, size_t(1) << 20, columnNames(data), table)
          .failed() ||
      !table.header)
    return {};
  return table.names;
}

/// Reads a table. If it is ambiguous whether its first line is a header (`doubtful`), `otherwise`
/// (NN_HEADER_…) decides: as in the table of training, or none. An extra row only gives an extra
/// output, so no row is lost.
static Status readOrElse(SourceT description, const std::string &path, size_t limit,
                         const std::vector<std::string> &known, header otherwise, CsvTable &table,
                         bool &doubtful) {
  doubtful = readTable(description, path, limit, known, table).failed();
  if (!doubtful)
    return Status();
  description.header = otherwise;
  table = {};
  return readTable(description, path, limit, known, table);
}

Status openTable(Run &run, const DataT &data, std::unique_ptr<Source> &source) {
  const std::string &path = run.input;
  SourceT description = likeTraining(data, path);
  const std::vector<std::string> known = columnNames(data);
  CsvTable table;
  bool doubtful;
  NN_TRY(readOrElse(description, path, size_t(1) << 20, known,
                    data.source->header == NN_HEADER_YES ? NN_HEADER_YES : NN_HEADER_NO, table,
                    doubtful));
  description.header = table.header ? NN_HEADER_YES : NN_HEADER_NO;
  if ((table.guessed || doubtful) && !run.flags.quiet) // standard output may contain the
                                                       // predictions
    showError("note: " + PipedInput::named(run.input) + ": " + table.shape() + "\n");
  const std::vector<ColumnRequest> requests = newRequests(data);
  bool anyName = false;
  for (const ColumnT &column : data.columns)
    anyName |= std::find(table.names.begin(), table.names.end(), column.name) != table.names.end();
  const std::vector<std::string> &named = data.source->columns;
  if (!named.empty() && !(table.header && anyName)) { // else its own names
    if (table.names.size() > named.size())
      return Status::error(format("%s has %zu columns, the program names %zu", path.c_str(),
                                  table.names.size(), named.size()));
    // Columns at the end may be missing.
    description.columns.assign(named.begin(), named.begin() + int64_t(table.names.size()));
  }
  SourceSpec spec{&description, 0, 0, 0, 0, 0, 0, 0, 0, {}};
  return openCsv(spec, requests, source);
}

/// The program's columns in an archive: by their own names, or by the names from which they were
/// read in training.
static Status openArchive(SourceT description, const std::vector<ColumnRequest> &requests,
                          std::unique_ptr<Source> &source) {
  std::vector<std::string> held;
  NN_TRY(listNpz(description.path, held));
  std::vector<std::string> names, arrays;
  for (const ColumnRequest &request : requests) {
    std::string array = request.name;
    for (size_t i = 0; i < description.arrays.size() && description.kind == NN_NPZ; ++i)
      if (request.name == description.columns[i] &&
          std::find(held.begin(), held.end(), request.name) == held.end())
        array = description.arrays[i];
    if (request.unread || std::find(held.begin(), held.end(), array) == held.end())
      continue;
    names.push_back(request.name);
    arrays.push_back(array);
  }
  if (names.empty())
    return Status::error(description.path + " has none of the columns that x is computed from");
  description.kind = NN_NPZ;
  description.columns = std::move(names);
  description.arrays = std::move(arrays);
  return openNpy({&description, 0, 0, 0, 0, 0, 0, 0, 0, {}}, requests, source);
}

Status openAlike(Run &run, const DataT &data, std::unique_ptr<Source> &source) {
  const std::string &path = run.input;
  SourceT description = *data.source;
  description.path = path;
  description.where.clear();
  std::vector<ColumnRequest> requests;
  for (const ColumnT &column : data.columns)
    requests.push_back(requestFor(column, true));
  std::string start;
  const bool isFolder = !isFile(path);
  if (!isFolder)
    NN_TRY(readFile(path, start, 8));
  auto begins = [&](const char *magic) { return start.compare(0, strlen(magic), magic) == 0; };
  switch (data.source->kind) {
  case NN_IMAGES:
    if (imageReader() && (isFolder || begins("\x89PNG") || begins("\xff\xd8")))
      return imageReader()->openLoose(description, path, requests, source);
    return Status();
  case NN_NPY:
  case NN_NPZ:
    if (begins("PK"))
      return openArchive(description, requests, source);
    if (begins("\x93NUMPY")) { // the first column, or `x`
      const bool hasX = std::any_of(data.columns.begin(), data.columns.end(),
                                    [](const ColumnT &column) { return column.name == "x"; });
      description.kind = NN_NPY;
      description.columns = {hasX ? "x" : data.columns[0].name};
      description.arrays = {path};
      return openNpy({&description, 0, 0, 0, 0, 0, 0, 0, 0, {}}, requests, source);
    }
    return Status();
  case NN_TEXT:
    return openText({&description, 0, 0, 0, 0, 0, 0, 0, 0, {}}, requests, source);
  default:
    return Status();
  }
}

Status openMatrix(const SourceT &described, const std::string &path, int64_t width,
                  std::unique_ptr<MatrixSource> &matrix) {
  CsvTable table;
  bool doubtful;
  NN_TRY(readOrElse(described, path, SIZE_MAX, {}, NN_HEADER_NO, table, doubtful));
  matrix.reset(new MatrixSource);
  matrix->path = path;
  matrix->width = width;
  CsvScanner scanner(table.text, path, table.dialect);
  NN_TRY(table.begin(scanner));
  std::vector<Cell> cells;
  bool done;
  while (true) {
    NN_TRY(scanner.next(cells, done));
    if (done)
      break;
    if (int64_t(cells.size()) < width)
      return Status::error(format("%s:%llu: this row has %zu cells, x has %lld elements",
                                  path.c_str(), (unsigned long long)scanner.line(), cells.size(),
                                  (long long)width));
    for (int64_t i = 0; i < width; ++i) {
      double value;
      if (!parseNumber(cells[i].text, value, table.dialect.decimal) || !std::isfinite(value))
        return Status::error(scanner.place(cells[i]) + ": x needs a number, " +
                             (cells[i].text.empty()
                                  ? "the cell is empty"
                                  : "found `" + quoted(std::string(cells[i].text)) + "`"));
      matrix->numbers.push_back(value);
    }
    matrix->lines.push_back(uint32_t(scanner.line()));
  }
  matrix->rows = int64_t(matrix->lines.size());
  return matrix->rows ? Status() : Status::error(path + " has a header but no rows");
}

} // namespace nnrt
