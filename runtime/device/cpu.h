// What the processor can do, and whether that is enough for the program's code.
#pragma once

#include "runtime/abi.h"
#include "runtime/support/status.h"

#include <string>

namespace nnrt {

enum class Has { No, Yes, Unknown };

/// Whether this processor, with its system, has a feature that LLVM calls so. Unknown: no code that
/// nnc makes needs it.
Has processorHas(const std::string &feature);

/// Fails where the processor lacks something that the program's code may use: says what, instead of
/// an illegal instruction later.
Status checkProcessor(const nn_program &program, Has (*has)(const std::string &) = processorHas);

} // namespace nnrt
