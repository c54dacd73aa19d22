// Time: since when this process runs, and who wants to know what takes how long.
#pragma once

#include "runtime/abi.h"

namespace nnrt {

/// Seconds on the monotonic clock.
double now();

/// Tells nn_observe's observer, if there is one, of a stage that has just ended.
void observed(const char *stage, double begin);

} // namespace nnrt
