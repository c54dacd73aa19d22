// The field that a model predicts from, computed with one column of its source taken from other
// rows: for `importance`.
#pragma once

#include "runtime/data/dataset.h"

namespace nnrt {

/// What is taken from other rows.
struct ShuffledColumn {
  std::string name;    // "petal_width", "image[3]"
  int32_t column;      // in DataT.columns
  int64_t element = 0; // the first of its elements
  int64_t count = 1;   // how many of them
};

/// The columns that the field is computed from; the elements of a column that has a few.
std::vector<ShuffledColumn> shuffledColumns(const DataT &data);

class ShuffledField {
public:
  /// The field's rows are computed from the sources: the data set must have `keepsSource`.
  ShuffledField(Engine &engine, const Dataset &data, int32_t field)
      : engine(engine), data(data), field(field) {}

  Status prepare();
  /// Writes the field of rows[0 … ] to `out`, row after row, with `column` as it is in the rows
  /// `others`.
  Status compute(const std::vector<int64_t> &rows, const std::vector<int64_t> &others,
                 const ShuffledColumn &column, Elements out);

private:
  void take(const ShuffledColumn &column, int64_t count);

  Engine &engine;
  const Dataset &data;
  const int32_t field;
  int64_t capacity = 0;
  InputBuffers own, other;
  std::vector<Buffer> results; // of prepare
  std::vector<void *> out;
};

} // namespace nnrt
