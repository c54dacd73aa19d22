// The predict subcommand of a trainer, and the end of a run.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Reads flags.input, computes the chosen model's outputs with flags.weights, writes CSV to
/// flags.output.
Status predict(Run &run);

/// Prints "error: …" to standard error.
void printError(const Status &status);

/// Ends a run: prints messages and timing, and returns the exit code.
int finishRun(Run &run, const Status &status);

} // namespace nnrt
