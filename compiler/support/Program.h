// The schema of programs, whose names the compiler uses as its own.
#pragma once

#include "runtime/schema/program.h"

namespace nnc {
using namespace program;
} // namespace nnc
