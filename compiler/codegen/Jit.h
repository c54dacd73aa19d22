// Compiled code in this process: ORC's LLJIT with the symbols that kernels may call.
#pragma once

#include "compiler/codegen/Translate.h"
#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/FunctionExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace nnc {

struct ProgramTables;
struct Target;

/// Owns the machine code; whatever holds its addresses (a patched ProgramTables) must not outlive
/// it.
class Jit {
public:
  /// An empty session for this machine (`target` comes from Target::parse("native") or a level
  /// below it).
  static llvm::Expected<std::unique_ptr<Jit>> create(const Target &target);
  ~Jit();

  /// Adds an optimized module. It is compiled when one of its functions is first looked up.
  llvm::Error add(LlvmProgram program);

  /// Adds functions whose object file `make` provides when one of `names` is first *called*: until
  /// then lookup() gives a stub's address. For code that a run rarely needs, or that a cache may
  /// have. `make` runs on the thread that calls first, or in prepare(); other threads that need the
  /// same functions wait for it.
  llvm::Error
  addLazily(llvm::ArrayRef<std::string> names,
            llvm::unique_function<llvm::Expected<std::unique_ptr<llvm::MemoryBuffer>>()> make);

  /// Provides a lazily added function now, on this thread, so that its first call finds it.
  llvm::Error prepare(llvm::StringRef name);

  /// The address of a function, compiling its module if that has not happened yet; of a lazily
  /// added one, its stub's.
  llvm::Expected<void *> lookup(llvm::StringRef name);

  /// Looks up every function that `tables` names and puts its address into the tables, which
  /// nn_main and nn_session_run then take as they are.
  llvm::Error patch(ProgramTables &tables);

private:
  struct Impl;
  explicit Jit(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

} // namespace nnc
