// Checks targets that are computed from fields, on every row before the run.
#pragma once

#include "runtime/data/dataset.h"
#include "runtime/device/engine.h"

#include <functional>
#include <string>

namespace nnrt {

/// Fails if a number that a loss or a metric computes from fields and reads as a target is not
/// within its bound; the message names the row.
Status checkTargets(Engine &engine, Dataset &data, const std::vector<int32_t> &fields,
                    const TargetsT &targets);
/// The same for numbers computed from a model's input, row after row, that index tensors in the
/// model. `data`: the name of the rows; `place(row)`: where a row comes from.
Status checkInput(Engine &engine, const ModelT &model, const void *x, int64_t rows,
                  const std::string &data, const std::function<std::string(int64_t)> &place);

} // namespace nnrt
