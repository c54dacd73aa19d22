// Finds the sizes of data with the runtime's sources.
#include "compiler/driver/plan/DataSize.h"

#include "runtime/ask.h"

#include <cmath>

namespace nnc::plan {

static std::optional<int64_t> rowsOf(Session &session, const SourceT &source) {
  if (source.kind == NN_ROWS)
    return source.row_width ? int64_t(source.values.size()) / source.row_width : 0;
  if (nnrt::isGenerator(source.kind)) {
    if (auto n = known(source.n))
      return int64_t(*n);
    return std::nullopt;
  }
  for (const std::string &dir : {session.tables().program.source_dir, session.settings().dataDir}) {
    if (dir.empty())
      continue;
    const nn_probe probe = nn_probe_source(source, dir);
    if (probe.error.empty() && probe.rows >= 0)
      return probe.rows;
  }
  return std::nullopt;
}

std::optional<DataSize> sizeOf(Session &session, const DataT &data) {
  auto rows = rowsOf(session, *data.source);
  if (!rows)
    return std::nullopt;
  DataSize size;
  size.rows = size.trainRows = *rows;
  if (data.test) {
    auto test = rowsOf(session, *data.test);
    if (!test)
      return std::nullopt;
    size.rows += *test;
  }
  if (data.has_split) {
    auto part = [&](const nn_number &n) { return std::max(0.0, known(n).value_or(0)); };
    const double rest = 1 - part(data.val) - (data.test ? 0 : part(data.test_part));
    const double train = known(data.train).value_or(-1);
    const double trained = data.folds > 0 ? rest * (1 - 1.0 / data.folds) : rest;
    size.trainRows = std::llround(double(*rows) * (train < 0 ? trained : train));
  }
  for (const FieldT &field : data.fields) {
    int64_t elements = 1;
    for (int64_t n : field.shape)
      elements *= n;
    size.rowElements += elements;
  }
  return size;
}

} // namespace nnc::plan
