// Where nnc writes: never over what a program is made of.
#pragma once

#include "compiler/driver/Emit.h"

#include "llvm/ADT/StringRef.h"

namespace nnc {

class Session;

/// Whether `output` is the name of something that `kind` (None: a trainer) may be written to, as
/// far as it tells without the program. Reports the error.
bool isOutputName(Session &session, llvm::StringRef output, EmitKind kind);

/// Whether the program, which has reached Stage::Generated, reads no such file. Reports the error.
bool keepsInputs(Session &session, llvm::StringRef output);

/// Writes what was emitted, whole, to a file or (`-` or nothing) to standard output. Reports the
/// error.
bool writeOutput(Session &session, llvm::StringRef output, llvm::StringRef bytes);

} // namespace nnc
