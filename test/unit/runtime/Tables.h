// Tables of programs made by hand, each in one line.
#pragma once

#include "runtime/schema/program.h"

#include <cmath>
#include <string>
#include <utility>
#include <vector>

namespace nnrt_test {

using namespace program;

inline SourceT sourceOf(source_kind kind, std::string path = "") {
  SourceT source;
  source.kind = kind;
  source.path = std::move(path);
  return source;
}

inline ColumnT columnOf(std::string name, std::string where, column_kind kind, int64_t size) {
  ColumnT column;
  column.name = std::move(name);
  column.where = std::move(where);
  column.kind = kind;
  column.size = size;
  return column;
}

inline InputT inputOf(std::vector<int32_t> columns, bool wide) {
  InputT input;
  input.columns = std::move(columns);
  input.wide = wide;
  return input;
}

inline FieldT fieldOf(std::string name, std::vector<int64_t> shape, uint32_t flags = 0,
                      int32_t categoryColumn = -1) {
  FieldT field;
  field.name = std::move(name);
  field.shape = std::move(shape);
  field.flags = flags;
  field.category_column = categoryColumn;
  return field;
}

inline TensorT tensorOf(std::string name, std::string key, int64_t offset,
                        std::vector<int64_t> shape, tensor_kind kind, int32_t block = 0) {
  TensorT tensor;
  tensor.name = std::move(name);
  tensor.key = std::move(key);
  tensor.offset = offset;
  tensor.shape = std::move(shape);
  tensor.kind = kind;
  tensor.block = block;
  return tensor;
}

inline OptionT optionOf(std::string name, std::string help, double value, option_kind kind) {
  OptionT option;
  option.name = std::move(name);
  option.help = std::move(help);
  option.value = value;
  option.kind = kind;
  return option;
}

/// What an index of a field into `limit` elements asks for.
inline BoundT selects(int32_t field, int64_t limit, std::string where) {
  BoundT bound;
  bound.field = field;
  bound.kind = NN_SELECTS;
  bound.limit = limit;
  bound.ignored = NAN;
  bound.where = std::move(where);
  return bound;
}

} // namespace nnrt_test
