// The predict subcommand of a trainer.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Reads flags.input, computes the chosen model's outputs with flags.weights, writes CSV to
/// flags.output.
Status predict(Run &run);

/// Prints "error: …" to standard error.
void printError(const Status &status);

/// The end of a run: messages, timing and the exit code.
int finishRun(Run &run, const Status &status);

} // namespace nnrt
