// The generate subcommand of a trainer whose data are a text.
#pragma once

#include "runtime/run/run.h"

namespace nnrt {

/// Shows flags.prompt, then flags.length characters that the model of flags.weights writes after
/// it.
Status generate(Run &run);

} // namespace nnrt
