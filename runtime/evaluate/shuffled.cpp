// Computes a field with one column of its source taken from other rows.
#include "runtime/evaluate/shuffled.h"
#include "runtime/support/indices.h"

#include <algorithm>
#include <cstring>

namespace nnrt {

/// The elements of a column that has more, such as an image, are shuffled together.
static const int64_t mostElements = 64;

std::vector<ShuffledColumn> shuffledColumns(const DataT &data) {
  std::vector<ShuffledColumn> all;
  for (int32_t c : indices(data.columns)) {
    const ColumnT &column = data.columns[c];
    if (!column.for_input)
      continue;
    if (column.size == 1 || column.size > mostElements) {
      all.push_back({column.name, c, 0, column.size});
      continue;
    }
    for (int64_t i = 0; i < column.size; ++i)
      all.push_back({format("%s[%lld]", column.name.c_str(), (long long)i), c, i, 1});
  }
  return all;
}

Status ShuffledField::prepare() {
  const DataT &description = *data.description;
  const InputTable table = prepareInputs(description);
  const std::string purpose = "the shuffled columns";
  capacity = rowsAtOnce(table);
  NN_TRY(own.allocate(table, engine.f64(), capacity, purpose));
  NN_TRY(other.allocate(table, engine.f64(), capacity, purpose));
  NN_TRY(engine.reserve(description.prepare, capacity));
  results = std::vector<Buffer>(description.fields.size());
  out.clear();
  for (int32_t f : indices(description.fields)) {
    const size_t bytes = preparedBytes(description.fields[f], size_t(engine.elementBytes()));
    NN_TRY(results[f].allocate(size_t(capacity * data.fields.sizes[f]) * bytes, purpose));
    out.push_back(results[f].data());
  }
  return Status();
}

/// Copies the column's elements of `count` rows from `other` to `own`.
void ShuffledField::take(const ShuffledColumn &column, int64_t count) {
  const DataT &description = *data.description;
  for (int32_t i : indices(description.inputs)) {
    int64_t first = 0;
    for (int32_t c : description.inputs[i].columns) {
      const int64_t size = description.columns[c].size;
      if (c == column.column)
        for (int64_t row = 0; row < count; ++row)
          for (int64_t k = first + column.element; k < first + column.element + column.count; ++k)
            own.at(i, row).set(k, other.at(i, row).get(k));
      first += size;
    }
  }
}

Status ShuffledField::compute(const std::vector<int64_t> &rows, const std::vector<int64_t> &others,
                              const ShuffledColumn &column, Elements to) {
  const DataT &description = *data.description;
  const FieldT &of = description.fields[field];
  const int64_t size = data.fields.sizes[field];
  const size_t bytes = size_t(engine.elementBytes());
  for (int64_t first = 0; first < int64_t(rows.size()); first += capacity) {
    const int64_t count = std::min(capacity, int64_t(rows.size()) - first);
    data.fillInputs(rows.data() + first, 0, count, own);
    data.fillInputs(others.data() + first, 0, count, other);
    take(column, count);
    engine.call(description.prepare, own.in(), out.data(), count, capacity);
    unsigned char *into = static_cast<unsigned char *>(to.data) + size_t(first * size) * bytes;
    if (isExact(of))
      normalizeRows(results[field].as<double>(), size, data.statistics[field], count,
                    {into, to.f64});
    else
      std::memcpy(into, results[field].data(), size_t(count * size) * bytes);
  }
  return data.parts.checkIntact();
}

} // namespace nnrt
