// Machine code from an LLVM module: an object file or assembly text.
#pragma once

#include "llvm/ADT/SmallVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>

namespace llvm {
class Module;
} // namespace llvm

namespace nnc {

struct Target;

/// The object file of `module`, which should have been optimized. The same module gives the same
/// bytes.
llvm::Expected<llvm::SmallVector<char, 0>> emitObject(llvm::Module &module, const Target &target);

/// The assembly of `module`.
llvm::Expected<std::string> emitAssembly(llvm::Module &module, const Target &target);

/// The file that writing `path` replaces: where a symbolic link leads to; and as no program takes
/// it for a flag (`-x` is `./-x`).
std::string replacedFile(llvm::StringRef path);

/// Writes `bytes` to `path` at once: to a temporary file beside it that then takes its name, so
/// that nobody sees half a file. Errors name the path and the reason.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes);

} // namespace nnc
