// The monotonic clock, and reports to the observer of how long stages take.
#pragma once

#include "runtime/abi.h"

namespace nnrt {

/// Seconds on the monotonic clock.
double now();

/// Reports a stage that has just ended to nn_observe's observer, if there is one.
void observed(const char *stage, double begin);

} // namespace nnrt
