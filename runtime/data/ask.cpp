// Answers the compiler's questions about columns: nn_summarize_columns, for warnings about inputs
// that are too large without scaling, and nn_count_classes.
#include "runtime/ask.h"
#include "runtime/data/columns.h"
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
  nn_column_summary s{INFINITY, -INFINITY, 0, true};
  for (double v : values) {
    s.least = std::min(s.least, v);
    s.most = std::max(s.most, v);
    s.mean_square += v * v / double(values.size());
    s.is_binary &= v == 0 || v == 1;
  }
  return s;
}

/// A source as it is before any run: with its constants, which are known.
SourceSpec asWritten(const SourceT &source, const Folders &folders) {
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

Status summarizeAll(const SourceT &source, const Folders &folders,
                    const std::vector<ColumnT> &columns,
                    std::vector<nn_column_summary> &summaries) {
  std::vector<ColumnRequest> requests;
  for (const ColumnT &column : columns)
    requests.push_back(requestFor(column));
  std::unique_ptr<Source> opened;
  NN_TRY(openSource(asWritten(source, folders), requests, opened));
  if (opened->rows == 0)
    return Status::error("there are no rows");
  for (size_t i = 0; i < columns.size(); ++i)
    if (int64_t(opened->absent(int32_t(i)).size()) == opened->rows)
      return Status::error("a column has no values");
  for (size_t i = 0; i < columns.size(); ++i)
    summaries.push_back(summarize(*opened, int32_t(i), columns[i].size));
  return Status();
}

Status countClasses(const SourceT &source, const Folders &folders, const ColumnT &column,
                    int64_t &classes) {
  const std::vector<ColumnRequest> requests = {requestFor(column)};
  std::unique_ptr<Source> opened;
  NN_TRY(openSource(asWritten(source, folders), requests, opened));
  if (const Category *category = opened->category(0); category && column.least) {
    std::vector<int64_t> counts(category->names.size());
    for (int32_t code : category->codes)
      if (code >= 0)
        ++counts[size_t(code)];
    std::vector<std::string> names;
    for (size_t i = 0; i < counts.size(); ++i)
      if (counts[i] >= column.least)
        names.push_back(category->names[i]);
    names = sortedClasses(names, opened->isTable());
    addOther(names);
    classes = int64_t(names.size());
    return Status();
  }
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

int64_t nn_count_classes(const program::SourceT &source, const std::string &dir,
                         const std::string &data_dir, const program::ColumnT &column) {
  int64_t classes = -1;
  return nnrt::countClasses(source, {dir, data_dir}, column, classes).failed() ? -1 : classes;
}

std::vector<nn_column_summary> nn_summarize_columns(const program::SourceT &source,
                                                    const std::string &dir,
                                                    const std::string &data_dir,
                                                    const std::vector<program::ColumnT> &columns) {
  using namespace program;
  switch (source.kind) {
  case NN_ROWS:
  case NN_CSV:
  case NN_IDX:
  case NN_NPY:
  case NN_NPZ:
    break;
  case NN_IMAGES: // bytes, as every reader of images gives: not worth reading a folder for
    return std::vector<nn_column_summary>(columns.size(), {0, 255, 128 * 128, false});
  default: // made-up points are small, and the characters of a text have no size
    return {};
  }
  std::vector<nn_column_summary> summaries;
  if (nnrt::summarizeAll(source, {dir, data_dir}, columns, summaries).failed())
    return {};
  return summaries;
}
