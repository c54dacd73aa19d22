// Answers the compiler's questions about columns: nn_summarize_columns, for warnings about inputs
// that are too large without scaling, and nn_count_classes.
#include "runtime/data/dataset.h"
#include "runtime/data/split.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace nnrt {
namespace {

const int64_t rowsRead = 4096, elementsRead = 4 << 20; // enough to characterise a column

/// The summary of a column; all elements of its rows count together.
nn_column_summary summarize(const Source &source, int column, int64_t size) {
  const int64_t count =
      std::min({source.rows, rowsRead, std::max<int64_t>(1, elementsRead / size)});
  std::vector<int64_t> selected(count); // spread evenly: files are often sorted
  for (int64_t i = 0; i < count; ++i)
    selected[i] = i * source.rows / count;
  std::vector<double> values(count * size);
  source.fill(column, selected.data(), count, Elements{values.data(), true});
  values.erase(std::remove_if(values.begin(), values.end(), [](double v) { return std::isnan(v); }),
               values.end());
  nn_column_summary s{INFINITY, -INFINITY, 0, 1};
  for (double v : values) {
    s.least = std::min(s.least, v);
    s.most = std::max(s.most, v);
    s.mean_square += v * v / double(values.size());
    s.is_binary &= v == 0 || v == 1;
  }
  return s;
}

/// A source as it is before any run: with its constants, which are known.
SourceSpec asWritten(const nn_source &source, const Folders &folders) {
  return {&source,
          source.n.value,
          source.classes.value,
          source.turns.value,
          source.factor.value,
          source.noise.value,
          source.spread.value,
          source.dims.value,
          source.seed.value,
          folders};
}

Status summarizeAll(const nn_source &source, const Folders &folders, const nn_column *columns,
                    int32_t count, nn_column_summary *summaries) {
  std::vector<ColumnRequest> requests;
  for (int32_t i = 0; i < count; ++i)
    requests.push_back(requestFor(columns[i]));
  std::unique_ptr<Source> opened;
  NN_TRY(openSource(asWritten(source, folders), requests, opened));
  if (opened->rows == 0)
    return Status::error("there are no rows");
  for (int32_t i = 0; i < count; ++i)
    if (int64_t(opened->absent(i).size()) == opened->rows)
      return Status::error("a column has no values");
  for (int32_t i = 0; i < count; ++i)
    summaries[i] = summarize(*opened, i, columns[i].size);
  return Status();
}

Status countClasses(const nn_source &source, const Folders &folders, const nn_column &column,
                    int64_t &classes) {
  const std::vector<ColumnRequest> requests = {requestFor(column)};
  std::unique_ptr<Source> opened;
  NN_TRY(openSource(asWritten(source, folders), requests, opened));
  if (const Category *category = opened->category(0)) {
    classes = int64_t(sortedClasses(category->names, opened->isTable()).size());
    return Status();
  }
  std::map<double, int64_t> found;
  NN_TRY(numbersOf(*opened, 0, column.size, allRows(opened->rows), found));
  classes = int64_t(found.size());
  return Status();
}

} // namespace
} // namespace nnrt

extern "C" int64_t nn_count_classes(const nn_source *source, const char *dir, const char *data_dir,
                                    const nn_column *column) {
  int64_t classes = -1;
  return nnrt::countClasses(*source, nnrt::Folders{dir ? dir : "", data_dir ? data_dir : ""},
                            *column, classes)
                 .failed()
             ? -1
             : classes;
}

extern "C" int nn_summarize_columns(const nn_source *source, const char *dir, const char *data_dir,
                                    const nn_column *columns, int32_t n_columns,
                                    nn_column_summary *summaries) {
  using namespace nnrt;
  switch (source->kind) {
  case NN_ROWS:
  case NN_CSV:
  case NN_IDX:
  case NN_NPY:
  case NN_NPZ:
    break;
  case NN_IMAGES: // bytes from every image reader: no need to read the folder
    for (int32_t i = 0; i < n_columns; ++i)
      summaries[i] = {0, 255, 128 * 128, 0};
    return 0;
  default: // generated points are small, and characters of a text have no scale
    return 1;
  }
  return summarizeAll(*source, Folders{dir ? dir : "", data_dir ? data_dir : ""}, columns,
                      n_columns, summaries)
      .failed();
}
