// Reads pairs of IDX files: images and their labels.
#include "runtime/sources/idx_file.h"
#include "runtime/sources/source.h"

#include <cmath>

namespace nnrt {
namespace {

class IdxSource : public Source {
public:
  void fill(int column, const int64_t *selected, int64_t count, Elements out) const override {
    if (isMissing[column]) {
      for (int64_t r = 0; r < count; ++r)
        out.set(r, 0);
      return;
    }
    const IdxFile &file = isImage[column] ? images : labels;
    int64_t size = file.itemSize();
    if (file.type == IdxType::U8 && !out.f64) { // the usual case, and the only one where speed
                                                // matters
      float *to = static_cast<float *>(out.data);
      for (int64_t r = 0; r < count; ++r)
        widen(file.bytes(selected[r] * size), to + r * size, size);
      return;
    }
    for (int64_t r = 0; r < count; ++r)
      for (int64_t i = 0; i < size; ++i)
        out.set(r * size + i, file.element(selected[r] * size + i));
  }

  bool has(int column) const override { return !isMissing[column]; }
  bool isWide(int column) const override {
    return !isMissing[column] && !(isImage[column] ? images : labels).isExactInF32();
  }
  bool isCompact() const override { return images.elementBytes() < 4; }

  std::string changed() const override {
    return !images.data.intact() ? images.path : !labels.data.intact() ? labels.path : "";
  }

  void forget() override {
    images.data.release();
    labels.data.release();
  }

  std::string place(int64_t row) const override {
    return format("item %lld of %s", (long long)row + 1, images.path.c_str());
  }

  IdxFile images, labels;
  std::vector<char> isImage, isMissing; // for each request: 1 or 0
};

Status checkFinite(const IdxFile &file) {
  if (file.type != IdxType::F32 && file.type != IdxType::F64)
    return Status();
  for (int64_t i = 0, n = file.items() * file.itemSize(); i < n; ++i)
    if (double value = file.element(i); !std::isfinite(value))
      return Status::error(format("%s: element %lld of item %lld is %s", file.path.c_str(),
                                  (long long)(i % file.itemSize()) + 1,
                                  (long long)(i / file.itemSize()) + 1, number(value).c_str()));
  return Status();
}

} // namespace

NN_PART(NN_IDX);

Status openIdx(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
               std::unique_ptr<Source> &result) {
  const SourceT &source = *spec.source;
  std::unique_ptr<IdxSource> pair(new IdxSource);
  std::string path;
  // Labels first: they are small, and a mismatch is noticed before the images are unpacked.
  if (!source.labels.empty()) {
    NN_TRY(findFile(source.labels, spec.folders, path).at(source.where));
    NN_TRY(readIdx(path, pair->labels).at(source.where));
    NN_TRY(checkFinite(pair->labels).at(source.where));
  }
  NN_TRY(findFile(source.path, spec.folders, path).at(source.where));
  NN_TRY(readIdxHeader(path, pair->images).at(source.where));
  if (!source.labels.empty() && pair->images.items() != pair->labels.items())
    return Status::error(format("%s holds %s images, but %s holds %s labels", path.c_str(),
                                grouped(pair->images.items()).c_str(), pair->labels.path.c_str(),
                                grouped(pair->labels.items()).c_str()))
        .at(source.where);
  for (const ColumnRequest &column : columns) {
    bool image = column.name == "image";
    if (!image && column.optional &&
        (column.unread || column.name != "label" || source.labels.empty())) {
      pair->isImage.push_back(false);
      pair->isMissing.push_back(true);
      continue;
    }
    if (!image && (column.name != "label" || source.labels.empty()))
      return Status::error("idx data have `image`" +
                           std::string(!source.labels.empty() ? " and `label`" : "") +
                           ", there is no `" + column.name + "`")
          .at(column.where);
    const IdxFile &file = image ? pair->images : pair->labels;
    NN_TRY(checkColumnSize(column, file.itemSize(), file.path).at(column.where));
    pair->isImage.push_back(image);
    pair->isMissing.push_back(false);
  }
  NN_TRY(readIdx(path, pair->images).at(source.where));
  NN_TRY(checkFinite(pair->images).at(source.where));
  pair->rows = pair->images.items();
  if (const std::string changed = pair->changed(); !changed.empty())
    return changedWhileRead(changed);
  result = std::move(pair);
  return Status();
}

} // namespace nnrt
