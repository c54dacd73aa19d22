// Computes x for new rows from their raw columns, as in the data set that the model was trained on.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Writes the field `field` of every row of `source` to `x`, whose columns are those of `data`;
/// columns that the field does not depend on may be missing or contain unknown classes. Errors name
/// `input`, the file, or the row.
Status prepareInput(Engine &engine, const DataT &data, int32_t field, const Source &source,
                    const std::string &input, const Learned &learned, Buffer &x);

} // namespace nnrt
