// Opens a source of data as the compiler and a run do: asks for its columns, then reads each of
// them.
#pragma once

#include "runtime/schema/program.h"

#include <vector>

namespace nnc_fuzz {

/// Probes `source`, reads what it says that it holds, column after column as one of `kinds`, and
/// looks at the numbers.
void readSource(const SourceT &source,
                const std::vector<column_kind> &kinds = {NN_NUMBER, NN_CATEGORY});

/// A source with no number given.
SourceT sourceOf(source_kind kind);

} // namespace nnc_fuzz
