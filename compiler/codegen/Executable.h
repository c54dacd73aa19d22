// A trainer: the program's object and the runtime, linked by the system's C++ compiler driver.
#pragma once

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace nnc {

/// Where the runtime's static library lies beside this executable: `<prefix>/lib/libnnrt.a` for
/// `<prefix>/bin/nnc`. The address of any function of this program serves as `anchor`. An error if
/// it is not there.
llvm::Expected<std::string> findRuntimeLibrary(const char *argv0, void *anchor);

/// Links `object` (an object file's bytes, with `main`) and the archive `runtime` to the executable
/// `path`, which appears complete or not at all. `withImages`: the program reads images, so the
/// library beside the runtime's that does so, libpng and libjpeg are linked too. Errors: no C++
/// compiler in PATH, its messages when it fails, an unwritable path.
llvm::Error linkExecutable(llvm::StringRef object, llvm::StringRef runtime, bool withImages,
                           llvm::StringRef path);

} // namespace nnc
