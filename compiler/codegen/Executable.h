// Links a trainer from the program's object and the runtime, with the system's C++ compiler driver.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace nnc {

/// The path of the runtime's static library relative to this executable: `<prefix>/lib/libnnrt.a`
/// for `<prefix>/bin/nnc`. `anchor` is the address of any function of this program. An error if the
/// library does not exist.
llvm::Expected<std::string> findRuntimeLibrary(const char *argv0, void *anchor);

/// Links `object` (the bytes of an object file with `main`) and the archive `runtime` to the
/// executable `path`, which appears complete or not at all. `withImages`: the program reads images,
/// so the library for them beside the runtime's, libpng and libjpeg are linked too. Errors: no C++
/// compiler in PATH, its messages if it fails, an unwritable path.
llvm::Error linkExecutable(llvm::StringRef object, llvm::StringRef runtime, bool withImages,
                           llvm::StringRef path);

} // namespace nnc
