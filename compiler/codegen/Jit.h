// Runs compiled code in this process: ORC's LLJIT with the symbols that kernels may call.
#pragma once

#include "compiler/codegen/Translate.h"
#include "compiler/support/Program.h"
#include "runtime/abi.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>
#include <vector>

namespace nnc {

struct Target;

/// Owns the machine code; whatever holds its addresses (an nn_image) must not outlive it.
class Jit {
public:
  /// Creates an empty session for this machine. `target` comes from Target::parse("native") or a
  /// lower level.
  static llvm::Expected<std::unique_ptr<Jit>> create(const Target &target);
  ~Jit();

  /// Adds an optimized module. It is compiled when one of its functions is first looked up.
  llvm::Error add(LlvmProgram program);

  /// Adds functions whose object file `make` provides when one of `names` is first *called*; until
  /// then lookup() returns the address of a stub. For code that a run rarely needs, or that a cache
  /// may have. `make` runs on the thread that calls first, or in prepare(); other threads that need
  /// the same functions wait for it.
  llvm::Error
  addLazily(llvm::ArrayRef<std::string> names,
            llvm::unique_function<llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>()> make);

  /// Provides a lazily added function now, on this thread, so that its first call does not have to.
  llvm::Error prepare(llvm::StringRef name);

  /// The address of a function (for a lazily added one, of its stub). Compiles its module if
  /// necessary.
  llvm::Expected<void *> lookup(llvm::StringRef name);

  /// The addresses of several functions, for an nn_image.
  llvm::Expected<std::vector<nn_code>> addresses(llvm::ArrayRef<CompiledFunctionT> functions);

private:
  struct Impl;
  explicit Jit(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace nnc
