// Declares the interactive session.
#pragma once

#include "compiler/driver/Session.h"

namespace nnc {

/// Loads `file`, if it is not empty, then reads inputs until `:quit` or the end of the input.
/// Returns the exit code. `options` apply to the compilation of every input.
int runRepl(SessionOptions options, const std::string &file, int argc, char **argv);

} // namespace nnc
