// Checks targets that are computed from fields, on every row before the run.
#pragma once

#include "runtime/data/dataset.h"
#include "runtime/device/engine.h"

#include <functional>
#include <string>

namespace nnrt {

/// Fails where a number that a loss or a metric computes from fields and reads as a target is not
/// as its bound says, naming the row.
Status checkTargets(Engine &engine, Dataset &data, const std::vector<int32_t> &fields,
                    const TargetsT &targets);
/// The same of the elements of a model's input, row after row: what picks elements in the model.
/// `data`: what the rows are called; `place(row)`: where one comes from.
Status checkInput(Engine &engine, const ModelT &model, const void *x, int64_t rows,
                  const std::string &data, const std::function<std::string(int64_t)> &place);

} // namespace nnrt
