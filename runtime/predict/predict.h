// The predict subcommand of a trainer, and what the statement does.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Reads flags.input, computes the chosen model's outputs with flags.weights, writes CSV to
/// flags.output.
Status predict(Run &run);

/// Reads the rows of a predict statement, and fails if they cannot be used.
Status checkRowsOf(Run &run, const PredictT &predict, bool unchecked);
/// Executes the statement.
Status predictRowsOf(Run &run, const PredictT &predict);

} // namespace nnrt
