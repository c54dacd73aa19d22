// Computes x for new rows from their raw columns, as in the data set that the model was trained on.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Writes the field `field` of every row of `source` to `x`, whose columns are those of `data`;
/// columns that the field does not depend on may be missing or contain unknown classes. Errors name
/// `input`, the file, or the row. Of a series only rows that have their past are written: `chosen`
/// says which of the source, in its order; otherwise it is empty, and all are.
Status prepareInput(Engine &engine, const DataT &data, int32_t field, const Source &source,
                    const std::string &input, const Learned &learned, Buffer &x,
                    std::vector<int64_t> &chosen);

/// The columns to request of a source of new rows: those of the data set, any of which may be
/// missing.
std::vector<ColumnRequest> newRequests(const DataT &data);

} // namespace nnrt
