// A source of data as the compiler and a run open it: asked for its columns, then read with each of
// them.
#pragma once

#include "runtime/abi.h"

#include <vector>

namespace nnc_fuzz {

/// Probes `source`, reads what it says that it holds, column after column as one of `kinds`, and
/// looks at the numbers.
void readSource(const nn_source &source,
                const std::vector<nn_column_kind> &kinds = {NN_NUMBER, NN_CATEGORY});

/// A source with no number given.
nn_source sourceOf(int kind);

} // namespace nnc_fuzz
