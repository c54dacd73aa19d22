// What a trainer's main and a session share: opening a program, and the end of a run.
#pragma once

#include "runtime/abi.h"
#include "runtime/run/run.h"

#include <memory>

namespace nnrt {

/// Prints "error: …" to standard error.
void printError(const Status &status);

/// The program of an image. Prints an error and returns null if its bytes are damaged or of another
/// version.
std::unique_ptr<ProgramT> openProgram(const nn_image &image);

/// Ends a run: prints messages and timing, and returns the exit code.
int finishRun(Run &run, const Status &status);

} // namespace nnrt
