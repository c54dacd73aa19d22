// Raw columns as inputs of the compiled functions `prepare` and `keep`.
#pragma once

#include "runtime/device/engine.h"
#include "runtime/sources/source.h"
#include "runtime/support/buffer.h"

#include <cmath>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace nnrt {

/// Converts a column's codes or numbers to class numbers, and fills its gaps.
class ClassNumbers {
public:
  std::vector<double> byCode; // for each of the source's codes; -1: a class that is not known
  std::vector<double> values; // alternatively: ascending numbers, whose places are the classes
  /// Of texts: by the source's codes, the numbers of their words or characters, `size` of each.
  std::vector<std::vector<float>> tokens;
  bool isText = false;
  /// The row whose cell takes the place of one without a value; or null.
  const std::map<int64_t, int64_t> *previous = nullptr;
  double absent = NAN; // the value for a cell without one, which has the code -1 or is NaN

  bool isNeeded() const { return !byCode.empty() || !values.empty() || absent == absent; }
  /// The class number of a code or number; -1: not known.
  double of(double raw) const;
};

/// The columns of `prepare` or of `keep`: `first` is the source's request for the first of them.
struct InputTable {
  const std::vector<ColumnT> &columns;
  const std::vector<InputT> &inputs;
  int32_t first;
  /// What windows read: values of every row of a series, and the place of rows[0] among these rows.
  const std::vector<Buffer> *series = nullptr;
  int64_t position = 0;
};

inline InputTable prepareInputs(const DataT &data, const std::vector<Buffer> *series = nullptr) {
  return {data.columns, data.inputs, 0, series};
}
inline InputTable keepInputs(const DataT &data) {
  return {data.where_columns, data.where_inputs, int32_t(data.columns.size())};
}

/// Elements of one row of an input, and the width of each.
int64_t inputSize(const InputTable &table, int32_t input);
inline bool isWide(const InputTable &table, int32_t input, bool f64) {
  return f64 || table.inputs[input].wide;
}

/// Writes an input for rows[0 … count - 1]. `classes`: for each column of the table.
void fillInput(const Source &source, const InputTable &table, int32_t input,
               const std::vector<ClassNumbers> &classes, const int64_t *rows, int64_t count,
               Elements out);

/// Memory for all inputs of a table.
class InputBuffers {
public:
  Status allocate(const InputTable &table, bool f64, int64_t capacity, const std::string &purpose);
  /// Fills rows[first … last - 1], to the same places.
  void fill(const Source &source, const InputTable &table, const std::vector<ClassNumbers> &classes,
            const int64_t *rows, int64_t first, int64_t last) const;
  /// Fails if rows[0 … count - 1], which must be filled in, are not valid for `prepare`.
  Status check(const Source &source, const InputTable &table, const DataT &data,
               const int64_t *rows, int64_t count) const;
  /// Values of an input from row `row` on.
  Elements at(int32_t input, int64_t row) const {
    return {buffers[input].data() + row * sizes[input] * (wide[input] ? 8 : 4), wide[input] != 0};
  }
  int64_t size(int32_t input) const { return sizes[input]; }
  const void *const *in() const { return pointers.data(); }

private:
  std::vector<Buffer> buffers;
  std::vector<int64_t> sizes;
  std::vector<char> wide;
  std::vector<const void *> pointers;
};

/// The first of values[0 … count - 1] that is not within a bound; -1: none. With gaps, a NaN is
/// still to be filled.
int64_t firstOutside(const BoundT &bound, ConstElements values, int64_t count,
                     bool hasGaps = false);
/// The error for element `element` of the input or field `name`, which has `size` elements per row.
Status outside(const BoundT &bound, const std::string &name, const std::string &data,
               const std::string &place, int64_t size, int64_t element, double value);
/// The error for a number that is computed from the fields of a row.
Status computedOutside(const BoundT &bound, const std::string &data, const std::string &place,
                       double value);
/// The name of an input: its column.
std::string inputName(const DataT &data, int32_t input);

/// How many rows a call of `prepare` or `keep` computes: few where rows are long.
int64_t rowsAtOnce(const InputTable &table);

/// Fails if a source has numbers that need 64 bits and the compiled code has only 32.
Status checkWidths(const Source &source, const InputTable &table, const std::string &where);

/// Whether `prepare` returns a field as f64, because the field's values are computed from the
/// result.
inline bool isExact(const FieldT &field) {
  return field.flags & (NN_FIELD_NORMALIZE | NN_FIELD_CLASS_WEIGHTS);
}
/// Bytes of an element of its result; `own`: bytes of a program's element.
inline size_t preparedBytes(const FieldT &field, size_t own) {
  return isExact(field) ? sizeof(double) : own;
}

/// Computes `prepare` for rows of a source, in chunks, into fields[f], row after row; in f64 if
/// isExact(); nowhere if fields[f] is null. `codeClasses`: for each column. `series`: the values
/// that windows read, among which `position` is the place of rows[0].
Status prepareRows(Engine &engine, const DataT &data, const Source &source,
                   const std::vector<int64_t> &rows, const std::vector<ClassNumbers> &codeClasses,
                   const std::vector<unsigned char *> &fields,
                   const std::vector<int64_t> &fieldSizes,
                   const std::vector<Buffer> *series = nullptr, int64_t position = 0);

/// Computes a value of a series in the same way, into `to`, in f64; `series`: the values before it.
Status prepareValue(Engine &engine, const DataT &data, const SeriesValueT &value,
                    const Source &source, const std::vector<int64_t> &rows,
                    const std::vector<ClassNumbers> &codeClasses, const std::vector<Buffer> &series,
                    int64_t position, double *to);

} // namespace nnrt
