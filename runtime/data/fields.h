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
  std::vector<Buffer> buffers; // of the program's elements; empty for a field that is not kept
  std::vector<int64_t> sizes;  // elements of one example

  void describe(const DataT &data) {
    sizes.clear();
    for (const FieldT &field : data.fields)
      sizes.push_back(elementCount(field.shape));
  }
  /// Memory for `rows` rows; with `raw`, only for the fields of one element.
  Status allocate(const Engine &engine, const DataT &data, int64_t rows, bool raw) {
    buffers.resize(data.fields.size());
    exact.resize(data.fields.size());
    for (size_t f = 0; f < data.fields.size(); ++f) {
      const std::string what = "field `" + data.fields[f].name + "` of " + data.name;
      const size_t elements = size_t(rows) * sizes[f];
      if (!raw || sizes[f] == 1)
        NN_TRY(buffers[f].allocate(elements * engine.elementBytes(), what));
      if (isExact(data.fields[f]))
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
  Elements exactValues(int32_t field) const { return {exact[field].data(), true}; }
  /// A field as returned by prepare.
  Elements prepared(const Engine &engine, int32_t field) const {
    return size_t(field) < exact.size() && exact[field].data() ? exactValues(field)
                                                               : values(engine, field);
  }
  /// Where prepare writes a field, from row `first` on.
  unsigned char *into(const Engine &engine, const FieldT &of, int32_t field, int64_t first) const {
    return (isExact(of) ? exact : buffers)[field].data() +
           first * sizes[field] * preparedBytes(of, engine.elementBytes());
  }
  void releaseExact(int32_t field) { exact[field].release(); }

private:
  std::vector<Buffer> exact; // kept for folds, which have separate statistics
};

} // namespace nnrt
