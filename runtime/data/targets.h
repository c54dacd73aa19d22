// Checks targets that are computed from fields, on every row before the run.
#pragma once

#include "runtime/data/dataset.h"
#include "runtime/device/engine.h"

#include <functional>
#include <string>

namespace nnrt {

/// Fails if a number that a loss or a metric computes from fields and reads as a target is not
/// within its bound; the message names the row.
Status checkTargets(Engine &engine, Dataset &data, const int32_t *fields, int32_t n_fields,
                    const nn_targets &targets);
/// The same for numbers computed from a model's input, row after row, that index tensors in the
/// model. `data`: the name of the rows; `place(row)`: where a row comes from.
Status checkInput(Engine &engine, const nn_model &model, const void *x, int64_t rows,
                  const char *data, const std::function<std::string(int64_t)> &place);

} // namespace nnrt
