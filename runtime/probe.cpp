// nn_probe_source: what the compiler asks of a source before the run: names of columns, shapes of images, rows.
#include "runtime/sources/csv_scan.h"
#include "runtime/sources/idx_file.h"
#include "runtime/file.h"

#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace nnrt {
namespace {

const size_t countLimit = size_t(64) << 20; // rows of bigger CSV files are not counted

Status probeCsv(const nn_source &source, const Folders &folders, nn_probe &probe) {
  std::string path, contents;
  NN_TRY(findFile(source.path, folders, path));
  NN_TRY(readFile(path, contents, countLimit));
  NN_TRY(checkText(contents, path));
  CsvScanner scanner(contents, path);
  std::vector<Cell> cells;
  bool done;
  NN_TRY(scanner.next(cells, done));
  if (done)
    return Status::error(path + " has only empty lines");
  nn_source described = source;
  described.where = nullptr; // the compiler adds the place
  CsvLayout layout;
  NN_TRY(csvLayout(described, cells, scanner, layout));
  const char **names = static_cast<const char **>(calloc(layout.names.size(), sizeof(char *)));
  for (size_t i = 0; names && i < layout.names.size(); ++i)
    names[i] = strdup(layout.names[i].c_str());
  probe.columns = names;
  probe.n_columns = names ? int32_t(layout.names.size()) : 0;
  if (contents.size() == countLimit)
    return Status();
  int64_t rows = layout.header ? 0 : 1;
  NN_TRY(scanner.next(cells, done));
  for (; !done; ++rows)
    NN_TRY(scanner.next(cells, done));
  if (rows == 0)
    return Status::error(path + " has a header but no rows");
  probe.rows = rows;
  return Status();
}

Status probeIdx(const nn_source &source, const Folders &folders, nn_probe &probe) {
  std::string path;
  NN_TRY(findFile(source.path, folders, path));
  IdxFile images;
  NN_TRY(readIdxHeader(path, images));
  if (images.shape.size() > 4)
    return Status::error(format("%s holds items of %zu dimensions, images have up to 3", path.c_str(),
                                images.shape.size() - 1));
  for (int64_t &size : probe.image_shape)
    size = 1;
  for (size_t d = 1; d < images.shape.size(); ++d) // aligned at the end: height and width before channels
    probe.image_shape[3 - images.shape.size() + d] = images.shape[d];
  if (source.labels) {
    IdxFile labels;
    NN_TRY(findFile(source.labels, folders, path));
    NN_TRY(readIdxHeader(path, labels));
    if (labels.items() != images.items())
      return Status::error(format("%s holds %s images, but %s holds %s labels", images.path.c_str(),
                                  grouped(images.items()).c_str(), path.c_str(), grouped(labels.items()).c_str()));
    if (labels.itemSize() != 1)
      return Status::error(path + " does not hold labels: its shape is " +
                           shapeText(labels.shape.data(), int32_t(labels.shape.size())));
  }
  probe.rows = images.items();
  return Status();
}

} // namespace
} // namespace nnrt

extern "C" int nn_probe_source(const nn_source *source, const char *dir, nn_probe *probe) {
  using namespace nnrt;
  memset(probe, 0, sizeof *probe);
  probe->rows = -1;
  Folders folders{dir ? dir : "", ""};
  Status status;
  switch (source->kind) {
  case NN_CSV:
    status = probeCsv(*source, folders, *probe);
    break;
  case NN_IDX:
    status = probeIdx(*source, folders, *probe);
    break;
  case NN_ROWS:
    if (source->row_width > 0)
      probe->rows = source->n_values / source->row_width;
    break;
  default:
    if (source->n.slot < 0)
      probe->rows = int64_t(source->n.value);
    break;
  }
  if (!status.failed())
    return 0;
  snprintf(probe->error, sizeof probe->error, "%s", status.message().c_str());
  return 1;
}

extern "C" void nn_probe_free(nn_probe *probe) {
  for (int32_t i = 0; i < probe->n_columns; ++i)
    free(const_cast<char *>(probe->columns[i]));
  free(const_cast<char **>(probe->columns));
  probe->columns = nullptr;
  probe->n_columns = 0;
}
