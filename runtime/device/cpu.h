// The processor's features, and whether they are enough for the program's code.
#pragma once

#include "runtime/ask.h"
#include "runtime/support/status.h"

#include <string>

namespace nnrt {

enum class Has { No, Yes, Unknown };

/// Whether this processor, with its system, has the feature with this LLVM name. Unknown: no code
/// that nnc generates needs it.
Has processorHas(const std::string &feature);

/// Fails if the processor lacks a feature that the program's code may use, and names it, instead of
/// an illegal instruction later.
Status checkProcessor(const ProgramT &program, Has (*has)(const std::string &) = processorHas);

} // namespace nnrt
