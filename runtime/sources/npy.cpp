// NumPy arrays as columns: an .npy file for each, or members of one .npz file. The first axis
// counts the examples.
#include "runtime/sources/npy_file.h"
#include "runtime/sources/source.h"
#include "runtime/support/indices.h"
#include "runtime/support/suggest.h"

#include <algorithm>

namespace nnrt {
namespace {

class NpySource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    const int64_t size = sizes[column];
    for (int64_t i = 0; !arrays[column] && i < count * size; ++i)
      out.set(i, 0);
    if (!arrays[column])
      return;
    for (int64_t r = 0; r < count; ++r)
      if (out.f64)
        arrays[column]->read(selected[r] * size, size, static_cast<double *>(out.data) + r * size);
      else
        arrays[column]->read(selected[r] * size, size, static_cast<float *>(out.data) + r * size);
  }
  bool has(int column) const override { return arrays[column] != nullptr; }
  bool isWide(int column) const override {
    return arrays[column] && !arrays[column]->isExactInF32();
  }
  bool isCompact() const override {
    return std::all_of(arrays.begin(), arrays.end(),
                       [](const auto &array) { return array && array->bytes < 4; });
  }
  std::string changed() const override {
    for (const auto &array : arrays)
      if (array && !array->data.intact())
        return array->name;
    return "";
  }
  void forget() override { arrays.clear(); }
  std::string place(int64_t row) const override {
    return format("item %lld of %s", (long long)row + 1, files.c_str());
  }

  std::vector<std::shared_ptr<NpyArray>> arrays; // for each request; null: optional and missing
  std::vector<int64_t> sizes;
  std::string first; // the array whose rows were counted
  std::string files; // for messages about places
};

} // namespace

Status openArray(const SourceT &source, const Folders &folders, const std::string &column,
                 bool headerOnly, NpyArray &array) {
  std::string path, member = column;
  for (int32_t i : indices(source.columns))
    if (column == source.columns[i])
      member = source.arrays[i];
  NN_TRY(findFile(source.kind == NN_NPY ? member : source.path, folders, path));
  return source.kind == NN_NPY ? readNpy(path, array, headerOnly)
                               : readNpz(path, member, array, headerOnly);
}

Status arrayColumns(const SourceT &source, const Folders &folders,
                    std::vector<std::string> &names) {
  names = source.columns;
  if (!names.empty())
    return Status();
  std::string path;
  NN_TRY(findFile(source.path, folders, path));
  return listNpz(path, names);
}

NN_PART(NN_NPY);
NN_PART(NN_NPZ);

Status openNpy(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
               std::unique_ptr<Source> &result) {
  const SourceT &source = *spec.source;
  std::unique_ptr<NpySource> opened(new NpySource);
  std::vector<std::string> names;
  NN_TRY(arrayColumns(source, spec.folders, names).at(source.where));
  for (const ColumnRequest &column : columns) {
    std::shared_ptr<NpyArray> array;
    for (size_t i = 0; i < opened->arrays.size() && !array; ++i) // a column may be requested twice
      if (columns[i].name == column.name)
        array = opened->arrays[i];
    const bool known = std::find(names.begin(), names.end(), column.name) != names.end();
    if (!array && !column.unread && (known || !column.optional)) {
      if (!known)
        return Status::error("there is no array `" + column.name + "` in the data" +
                             didYouMean(column.name, names))
            .at(column.where);
      array = std::make_shared<NpyArray>();
      NN_TRY(openArray(source, spec.folders, column.name, false, *array).at(source.where));
      // An archive is one file; with several files the error may be in any of them.
      if (opened->files.empty())
        opened->files = array->name;
      else if (source.kind == NN_NPY)
        opened->files += ", " + array->name;
      else
        opened->files = array->name.substr(0, array->name.rfind(": "));
      NN_TRY(checkColumnSize(column, array->rowSize(), array->name).at(source.where));
      if (opened->first.empty()) {
        opened->first = array->name;
        opened->rows = array->rows();
      } else if (array->rows() != opened->rows) {
        return Status::error(format("%s holds %s examples, but %s holds %s", opened->first.c_str(),
                                    grouped(opened->rows).c_str(), array->name.c_str(),
                                    grouped(array->rows()).c_str()))
            .at(source.where);
      }
    }
    opened->sizes.push_back(column.size);
    opened->arrays.push_back(std::move(array));
  }
  if (opened->first.empty()) { // only the number of rows is requested
    NpyArray array;
    NN_TRY(openArray(source, spec.folders, names.front(), true, array).at(source.where));
    opened->first = opened->files = array.name;
    opened->rows = array.rows();
  }
  result = std::move(opened);
  return Status();
}

} // namespace nnrt
