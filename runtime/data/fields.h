// Fields: memory for the prepared fields of a data set, row after row.
#pragma once

#include "runtime/data/inputs.h"
#include "runtime/device/engine.h"
#include "runtime/support/buffer.h"

#include <string>
#include <vector>

namespace nnrt {

class Fields {
public:
  std::vector<Buffer> series;  // the values that windows read, of every row, in f64
  std::vector<Buffer> buffers; // of the program's elements; empty for a field that is not kept
  std::vector<int64_t> sizes;  // elements of one example
  /// Elements from the example of one row to that of the next, and from the start of the buffer to
  /// the first row's. Windows of a series overlap: the buffer has each row once. A statistic is the
  /// same for all rows.
  std::vector<int64_t> strides, offsets;

  /// The first element of a row's example.
  int64_t at(int32_t field, int64_t row) const {
    return row * strides[size_t(field)] + offsets[size_t(field)];
  }

  void describe(const DataT &data) {
    sizes.clear();
    strides.clear();
    offsets.clear();
    windows.clear();
    for (const FieldT &field : data.fields) {
      sizes.push_back(elementCount(field.shape));
      windows.push_back(field.window);
      const bool isStatistic = field.flags & (NN_FIELD_MEAN | NN_FIELD_DEVIATION);
      strides.push_back(isStatistic        ? 0
                        : field.window < 0 ? sizes.back()
                                           : data.series->values[field.window].size);
      offsets.push_back(field.window < 0 ? 0 : field.first * strides.back());
    }
  }
  /// Memory for `rows` rows; with `raw`, only for the fields of one element.
  Status allocate(const Engine &engine, const DataT &data, int64_t rows, bool raw) {
    buffers.resize(data.fields.size());
    exact.resize(data.fields.size());
    for (size_t f = 0; f < data.fields.size(); ++f) {
      const std::string what = "field `" + data.fields[f].name + "` of " + data.name;
      const size_t elements = strides[f] ? size_t(rows) * size_t(strides[f]) : size_t(sizes[f]);
      if (!raw || sizes[f] == 1 || !strides[f])
        NN_TRY(buffers[f].allocate(elements * engine.elementBytes(), what));
      if (isExact(data.fields[f]) && data.fields[f].window < 0)
        NN_TRY(exact[f].allocate(elements * sizeof(double), what));
    }
    return Status();
  }
  uint64_t bytes() const {
    uint64_t sum = 0;
    for (const Buffer &buffer : buffers)
      sum += buffer.size();
    return sum;
  }

  Elements values(const Engine &engine, int32_t field) const {
    return {buffers[field].data(), engine.f64()};
  }
  /// Of a field with isExact(): the results of prepare, in f64.
  Elements exactValues(int32_t field) const {
    return {windows[size_t(field)] < 0 ? exact[field].data()
                                       : series[size_t(windows[size_t(field)])].data(),
            true};
  }
  /// A field as returned by prepare.
  Elements prepared(const Engine &engine, int32_t field) const {
    const bool hasExact =
        size_t(field) < exact.size() && (exact[field].data() || windows[size_t(field)] >= 0);
    return hasExact ? exactValues(field) : values(engine, field);
  }
  /// Where prepare writes a field, from row `first` on; null: it is not kept in that form.
  unsigned char *into(const Engine &engine, const FieldT &of, int32_t field, int64_t first) const {
    if (of.window >= 0 || !strides[size_t(field)])
      return nullptr;
    return (isExact(of) ? exact : buffers)[field].data() +
           first * sizes[field] * preparedBytes(of, engine.elementBytes());
  }
  void releaseExact(int32_t field) { exact[field].release(); }

private:
  std::vector<Buffer> exact;    // kept for folds, which have separate statistics
  std::vector<int32_t> windows; // for each field: the value of the series that it is; or -1
};

} // namespace nnrt
