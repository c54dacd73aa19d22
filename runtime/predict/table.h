// The table of predictions, as CSV.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// CSV: a line for each of `rows` rows with the model's outputs and, for a classifier, the class of
/// the largest one: its name if `learned` has one, otherwise its number. `data` (may be null) and
/// `learned` are those of the model's training.
std::string predictionTable(const Run &run, const ModelT &model, const DataT *data,
                            const Learned &learned, Elements outputs, int64_t rows);

} // namespace nnrt
