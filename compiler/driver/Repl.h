// The interactive session.
#pragma once

#include "compiler/driver/Session.h"

namespace nnc {

/// Reads inputs until `:quit` or the end of the input; returns the exit code. `options` apply to every input's compilation.
int runRepl(SessionOptions options, int argc, char **argv);

} // namespace nnc
