// The external functions that compiled code may call.
#pragma once

#include "llvm/ADT/ArrayRef.h"

namespace nnc {

struct HostSymbol {
  const char *name;
  void *address;
};

/// The functions of libm, and the memory functions that LLVM introduces by itself. A trainer gets
/// the same ones from the linker.
llvm::ArrayRef<HostSymbol> hostSymbols();

} // namespace nnc
