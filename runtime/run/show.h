// A data set in words: what `:show` of a session prints.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Loads the data set of that name and describes it: rows, splits, fields with their shapes, ranges
/// and classes.
Status showData(Run &run, const char *name);

} // namespace nnrt
