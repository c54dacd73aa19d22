// Writes nnc's output, but never over a file that the program reads.
#pragma once

#include "compiler/driver/Emit.h"

#include "llvm/ADT/StringRef.h"

namespace nnc {

class Session;

/// Whether `kind` (None: a trainer) may be written to `output`, as far as the name tells without
/// compiling the program. Reports the error.
bool isOutputName(Session &session, llvm::StringRef output, EmitKind kind);

/// Whether `output` is none of the files that the program reads. The session has reached
/// Stage::Generated. Reports the error.
bool keepsInputs(Session &session, llvm::StringRef output);

/// Writes the whole output to a file or (`-` or empty) to standard output. Reports the error.
bool writeOutput(Session &session, llvm::StringRef output, llvm::StringRef bytes);

} // namespace nnc
