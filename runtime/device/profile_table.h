// The table of a profiled function: the lines of the program, their kernels, and where the rest of
// a call's time goes.
#pragma once

#include "runtime/ask.h"
#include "runtime/device/stamps.h"

#include <string>

namespace nnrt {

/// Ends in a newline. `roof`: what one core can do; null: not known.
std::string profileTable(const ProgramT &program, const Stamps &stamps, double secondsPerTick,
                         const nn_roof *roof);

} // namespace nnrt
