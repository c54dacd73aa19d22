// The text of the standard library: the .nn files of this folder, embedded in the binary.
#pragma once

#include "llvm/ADT/ArrayRef.h"

namespace nnc {

struct PreludeFile {
  const char *name; ///< "prelude/losses.nn"
  const char *text; ///< NUL-terminated UTF-8
};

/// All files, sorted by name.
llvm::ArrayRef<PreludeFile> preludeFiles();

} // namespace nnc
