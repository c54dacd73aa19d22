// Opens a source of data as the compiler and a run do: asks for its columns, then reads each of
// them.
#pragma once

#include "runtime/schema/program.h"

#include <vector>

namespace nnc_fuzz {

using namespace program;

/// Probes `source`, reads the columns that the probe reports, each as one of `kinds`, and uses the
/// numbers.
void readSource(const SourceT &source,
                const std::vector<column_kind> &kinds = {NN_NUMBER, NN_CATEGORY});

/// A source whose numbers are all not given.
SourceT sourceOf(source_kind kind);

} // namespace nnc_fuzz
