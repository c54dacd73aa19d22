// nn_probe_source: the compiler's look at a source before the run: names and shapes of columns,
// number of rows.
#include "runtime/ask.h"
#include "runtime/files/file.h"
#include "runtime/sources/csv_table.h"
#include "runtime/sources/idx_file.h"
#include "runtime/sources/image_reader.h"
#include "runtime/sources/npy_file.h"
#include "runtime/sources/text_file.h"

namespace nnrt {
namespace {

const size_t countLimit = size_t(64) << 20; // rows of bigger CSV files are not counted

void addColumn(nn_probe &probe, const std::string &name, const std::vector<int64_t> &shape,
               bool wide, column_kind kind = NN_NUMBER, int64_t classes = 0) {
  probe.columns.push_back({name, kind, shape, classes, wide, {}});
}

const int64_t rowsLooked = 1000; // to find out whether a column contains words

/// Finds a table's columns that contain words and no numbers.
struct WordColumns {
  explicit WordColumns(size_t columns) : hasNumber(columns), first(columns) {}

  void look(const CsvTable &table, const std::vector<Cell> &cells) {
    for (size_t i = 0; i < cells.size() && i < first.size(); ++i) {
      double ignored;
      if (!hasNumber[i] && parseNumber(cells[i].text, ignored, table.dialect.decimal))
        hasNumber[i] = 1;
      else if (!hasNumber[i] && first[i].empty() && !table.isMissing(cells[i]))
        first[i] = cells[i].text;
    }
  }

  std::vector<char> hasNumber;
  std::vector<std::string> first;
};

Status probeCsv(const SourceT &source, const Folders &folders, nn_probe &probe) {
  std::string path;
  NN_TRY(findFile(source.path, folders, path));
  CsvTable table;
  NN_TRY(readTable(source, path, countLimit, source.columns, table)); // the compiler adds the place
  for (const std::string &name : table.names)
    addColumn(probe, name, {}, true);
  if (table.cut)
    return Status();
  CsvScanner scanner(table.text, path, table.dialect);
  NN_TRY(table.begin(scanner));
  std::vector<Cell> cells;
  bool done;
  WordColumns words(table.names.size());
  int64_t rows = -1;
  do {
    ++rows;
    NN_TRY(scanner.next(cells, done));
    if (!done && rows < rowsLooked)
      words.look(table, cells);
  } while (!done);
  for (size_t i = 0; i < words.first.size(); ++i)
    if (!words.hasNumber[i] && !words.first[i].empty())
      probe.columns[i].word = words.first[i];
  if (rows == 0)
    return Status::error(path + " has a header but no rows");
  probe.rows = rows;
  return Status();
}

Status probeIdx(const SourceT &source, const Folders &folders, nn_probe &probe) {
  std::string path;
  NN_TRY(findFile(source.path, folders, path));
  IdxFile images;
  NN_TRY(readIdxHeader(path, images));
  if (images.shape.size() > 4)
    return Status::error(format("%s holds items of %zu dimensions, images have up to 3",
                                path.c_str(), images.shape.size() - 1));
  std::vector<int64_t> shape(3, 1);
  for (size_t d = 1; d < images.shape.size();
       ++d) // aligned at the end: height and width before channels
    shape[3 - images.shape.size() + d] = images.shape[d];
  addColumn(probe, "image", shape, !images.isExactInF32());
  bool wideLabels = false;
  if (!source.labels.empty()) {
    IdxFile labels;
    NN_TRY(findFile(source.labels, folders, path));
    NN_TRY(readIdxHeader(path, labels));
    if (labels.items() != images.items())
      return Status::error(format("%s holds %s images, but %s holds %s labels", images.path.c_str(),
                                  grouped(images.items()).c_str(), path.c_str(),
                                  grouped(labels.items()).c_str()));
    if (labels.itemSize() != 1)
      return Status::error(path + " does not hold labels: its shape is " + shapeText(labels.shape));
    wideLabels = !labels.isExactInF32();
  }
  if (!source.labels.empty())
    addColumn(probe, "label", {}, wideLabels, NN_CATEGORY);
  probe.rows = images.items();
  return Status();
}

Status probeArrays(const SourceT &source, const Folders &folders, nn_probe &probe) {
  std::vector<std::string> names;
  NN_TRY(arrayColumns(source, folders, names));
  bool same = true;
  for (const std::string &name : names) {
    NpyArray array;
    NN_TRY(openArray(source, folders, name, true, array));
    same &= &name == &names[0] || probe.rows == array.rows();
    probe.rows = array.rows();
    addColumn(probe, name, {array.shape.begin() + 1, array.shape.end()}, !array.isExactInF32());
  }
  if (!same) // an archive may contain several sets of examples
    probe.rows = -1;
  return Status();
}

Status probeImages(const SourceT &source, const Folders &folders, nn_probe &probe) {
  ImageFolder folder;
  if (!imageReader())
    return Status::error("this program was linked without the library that reads images");
  NN_TRY(imageReader()->probe(source, folders, folder));
  addColumn(probe, "image", {folder.channels, folder.height, folder.width}, false);
  addColumn(probe, "label", {}, false, NN_CATEGORY, folder.classes);
  probe.rows = folder.images;
  return Status();
}

Status probeText(const SourceT &source, const Folders &folders, nn_probe &probe) {
  std::string path;
  NN_TRY(findFile(source.path, folders, path));
  TextFile text;
  NN_TRY(readText(path, source.encoding, text));
  NN_TRY(textRows(path, text, source.length, probe.rows));
  for (const char *name : {"x", "y"})
    addColumn(probe, name, {source.length}, false, NN_CATEGORY, int64_t(text.characters.size()));
  probe.characters = std::move(text.characters);
  return Status();
}

} // namespace
} // namespace nnrt

nn_probe nn_probe_source(const program::SourceT &source, const std::string &dir) {
  using namespace nnrt;
  nn_probe probe;
  Folders folders{dir, ""};
  Status status;
  switch (source.kind) {
  case NN_CSV:
    status = probeCsv(source, folders, probe);
    break;
  case NN_IDX:
    status = probeIdx(source, folders, probe);
    break;
  case NN_NPY:
  case NN_NPZ:
    status = probeArrays(source, folders, probe);
    break;
  case NN_IMAGES:
    status = probeImages(source, folders, probe);
    break;
  case NN_TEXT:
    status = probeText(source, folders, probe);
    break;
  case NN_ROWS:
    if (source.row_width > 0)
      probe.rows = int64_t(source.values.size()) / source.row_width;
    break;
  default:
    if (source.n.slot < 0)
      probe.rows = int64_t(source.n.value);
    break;
  }
  probe.error = status.message();
  return probe;
}
