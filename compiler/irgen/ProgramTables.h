// What irgen hands over beside the MLIR module: the program as data (runtime/schema/program.fbs),
// in which compiled functions are numbers. Codegen fills in offsets and sizes; its bytes and the
// functions' addresses then are what the runtime takes, in memory (JIT) or in a trainer.
#pragma once

#include "runtime/schema/program.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/ADT/StringRef.h"

namespace nnc {

struct ProgramTables {
  ProgramT program;

  /// What the tables call the func.func of that name: its number, which it gets here.
  nn_fn function(llvm::StringRef symbol) {
    auto [known, fresh] = numbers.try_emplace(symbol, int32_t(program.functions.size()));
    if (fresh)
      program.functions.emplace_back().symbol = symbol.str();
    return {known->second};
  }

  /// The name of a function in the module; empty if it does not exist.
  llvm::StringRef symbolOf(const nn_fn &fn) const {
    return fn.exists() ? llvm::StringRef(program.functions[fn.code].symbol) : llvm::StringRef();
  }

private:
  llvm::StringMap<int32_t> numbers;
};

} // namespace nnc
