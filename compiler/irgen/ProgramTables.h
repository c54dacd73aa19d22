// The program tables that irgen produces beside the MLIR module, in the runtime's own structs
// (runtime/abi.h). They name every compiled function by its symbol. Codegen fills in offsets and
// sizes, then either patches in code addresses (JIT) or writes the tables as constants into the
// object (trainer).
#pragma once

#include "runtime/abi.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Allocator.h"

#include <algorithm>
#include <memory>
#include <string>
#include <type_traits>

namespace nnc {

/// Owns an nn_program and everything it points to. Addresses are stable. Not copyable.
struct ProgramTables {
  ProgramTables() { program = nn_program(); }
  ProgramTables(const ProgramTables &) = delete;
  ProgramTables &operator=(const ProgramTables &) = delete;

  nn_program program;

  /// Each nn_fn in `program` that has code, and the name of its func.func in the module. Any other
  /// nn_fn stays empty.
  llvm::MapVector<nn_fn *, std::string> functions;

  /// A NUL-terminated copy that lives as long as the tables.
  const char *text(llvm::StringRef s) {
    char *p = allocator.Allocate<char>(s.size() + 1);
    std::copy(s.begin(), s.end(), p);
    p[s.size()] = 0;
    return p;
  }

  /// A copy of `items` that lives as long as the tables; null for an empty list.
  template <class T> T *list(llvm::ArrayRef<T> items) {
    static_assert(std::is_trivially_copyable<T>::value, "tables hold C structs");
    if (items.empty())
      return nullptr;
    T *p = allocator.Allocate<T>(items.size());
    std::copy(items.begin(), items.end(), p);
    return p;
  }

  /// A zeroed T that lives as long as the tables.
  template <class T> T *make() { return new (allocator.Allocate<T>()) T(); }

private:
  llvm::BumpPtrAllocator allocator;
};

} // namespace nnc
