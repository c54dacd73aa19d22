// The choice of the source's kind.
#include "runtime/sources/source.h"

namespace nnrt {

Status openSource(const SourceSpec &spec, const std::vector<ColumnRequest> &columns,
                  std::unique_ptr<Source> &result) {
  switch (spec.source->kind) {
  case NN_ROWS:
    return openRows(spec, columns, result);
  case NN_CSV:
    return openCsv(spec, columns, result);
  case NN_IDX:
    return openIdx(spec, columns, result);
  default:
    return openGenerator(spec, columns, result);
  }
}

Status checkColumnSize(const ColumnRequest &column, int64_t size, const char *source) {
  if (column.size == size)
    return Status();
  return Status::error(format("`%s` of %s has %lld elements in each row, the program was compiled for %lld",
                              column.name.c_str(), source, (long long)size, (long long)column.size));
}

} // namespace nnrt
