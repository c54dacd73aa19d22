// Merging loops that compute the same states, such as one and the copy of it that its derivative
// makes to keep more values.
#pragma once

#include "mlir/IR/Region.h"

namespace nnc {

/// Merges loops of one block that run equally often in the same direction, if the states of one are
/// always equal to states of the other: the results are those of both. States of one loop that are
/// always equal become one. Returns whether anything changed.
bool mergeLoops(mlir::Region &region);

} // namespace nnc
