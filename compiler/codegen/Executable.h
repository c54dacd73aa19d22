// Links a trainer from the program's object and the runtime, with the system's C++ compiler driver.
#pragma once

#include "compiler/support/Program.h"
#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace nnc {

/// The path of the runtime's static library relative to this executable: `<prefix>/lib/libnnrt.a`
/// for `<prefix>/bin/nnc`. `anchor` is the address of any function of this program. An error if the
/// library does not exist.
llvm::Expected<std::string> findRuntimeLibrary(const char *argv0, void *anchor);

/// What a program needs of the runtime's libraries.
struct RuntimeParts {
  llvm::SmallVector<std::string>
      symbols;         ///< that must be linked although nothing refers to them strongly
  bool images = false; ///< the library that reads images, libpng and libjpeg
};

/// What `program` needs: what executes its statements and reads its sources.
RuntimeParts partsOf(const program::ProgramT &program);

/// Links `object` (the bytes of an object file with `main`) and the archive `runtime` to the
/// executable `path`, which appears complete or not at all. Only `parts` of the runtime are linked,
/// and what they use. Errors: no C++ compiler in PATH, its messages if it fails, an unwritable
/// path.
llvm::Error linkExecutable(llvm::StringRef object, llvm::StringRef runtime,
                           const RuntimeParts &parts, llvm::StringRef path);

} // namespace nnc
