// The program tables that irgen produces beside the MLIR module: the program as data
// (runtime/schema/program.fbs), in which compiled functions are numbers. Codegen fills in offsets
// and sizes. The runtime takes the bytes of the tables and the addresses of the functions, in
// memory (JIT) and in a trainer alike.
#pragma once

#include "compiler/support/Program.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace nnc {

struct ProgramTables {
  ProgramT program;

  /// The number of the func.func with that name in the tables. The first call adds it.
  nn_fn function(llvm::StringRef symbol) {
    auto [known, fresh] = numbers.try_emplace(symbol, int32_t(program.functions.size()));
    if (fresh)
      program.functions.emplace_back().symbol = symbol.str();
    return {known->second};
  }

  /// The name of a function in the module, or empty if it does not exist.
  llvm::StringRef symbolOf(const nn_fn &fn) const {
    return fn.exists() ? llvm::StringRef(program.functions[fn.code].symbol) : llvm::StringRef();
  }

private:
  llvm::StringMap<int32_t> numbers;
};

} // namespace nnc
