// The functions that the table of sema/Builtins.def stands for, and how they are called.
#pragma once

#include "compiler/irgen/values/Value.h"
#include "compiler/sema/Builtins.h"

#include "llvm/ADT/STLFunctionalExtras.h"

namespace nnc {

class Elaborator;

/// An argument of a call, evaluated.
struct Arg {
  std::string name; // empty: positional
  Value value;
  Range range;
};

struct BuiltinCall {
  llvm::ArrayRef<Arg> args;
  Range at;
  /// For `grad`: evaluates its first argument again, with these tensors in place of the second.
  llvm::function_ref<Value(llvm::ArrayRef<Value>)> again = nullptr;
  const Arg *positional(size_t i) const;
  const Arg *named(llvm::StringRef name) const;
  /// Positional argument i or the named one; null if there is neither.
  const Arg *either(size_t i, llvm::StringRef name) const;
};

/// Calls a predefined function: the elementwise primitive of that name, or one of those below.
Value callPredefined(Elaborator &elab, const sema::Predefined &function, const BuiltinCall &call);

// build<Kind> for each row of the table. The number of positional arguments is right, no argument
// is an error, and none is unavailable except those of totals.
#define NNC_BUILTIN(kind, ...) Value build##kind(Elaborator &elab, const BuiltinCall &call);
#include "compiler/sema/Builtins.def"

} // namespace nnc
