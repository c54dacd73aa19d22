// The predict subcommand of a trainer.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Reads flags.input, computes the chosen model's outputs with flags.weights, writes CSV to
/// flags.output.
Status predict(Run &run);

} // namespace nnrt
