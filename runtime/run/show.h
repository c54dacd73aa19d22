// The description of a data set that a session's `:show` prints.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Loads the data set of that name and describes it: rows, splits, fields with their shapes, ranges
/// and classes.
Status showData(Run &run, const std::string &name);

} // namespace nnrt
