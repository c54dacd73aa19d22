// Emits machine code from an LLVM module (an object file or assembly text) and writes files.
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

/// The file that writing to `path` replaces: the target if it is a symbolic link. The result cannot
/// be mistaken for a flag (`-x` becomes `./-x`).
std::string replacedFile(llvm::StringRef path);

/// Writes `bytes` to `path` atomically, by writing a temporary file beside it and renaming that.
/// Errors name the path and the reason.
llvm::Error writeFile(llvm::StringRef path, llvm::StringRef bytes);

} // namespace nnc
