// Gives access to the embedded prelude files.
#include "compiler/prelude/Prelude.h"

namespace nnc {
extern const PreludeFile preludeTable[];
extern const unsigned preludeCount;
} // namespace nnc

llvm::ArrayRef<nnc::PreludeFile> nnc::preludeFiles() { return {preludeTable, preludeCount}; }
