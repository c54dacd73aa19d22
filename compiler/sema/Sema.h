// The entry point of sema: static checks of a parsed program (names, arity, kinds, keys, splits,
// columns).
#pragma once

#include "compiler/sema/Folders.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

#include "llvm/ADT/ArrayRef.h"

namespace nnc::sema {

struct Options {
  std::string sourceDir;         // the folder of the program's file: data paths start there
  std::string dataDir;           // --data DIR, or empty: tried after sourceDir, as the runtime does
  Folders folders;               // for parts of the program that come from another folder
  const char *earlier = nullptr; // in a session: the runs from here on in the text have already
                                 // run, with other declarations
};

/// Checks `program` against itself and the prelude, and collects every error in `diags`. Opens the
/// sources of data declarations to find their columns and shapes. Returns whether the program is
/// sound; fills `symbols` in either case.
bool analyze(Diagnostics &diags, const ast::Program &program,
             llvm::ArrayRef<const ast::Program *> prelude, const Options &options,
             Symbols &symbols);

/// Whether the compiler implements a function of that name: `sum`, `reshape`, `exp` …
bool isBuiltinFunction(llvm::StringRef name);

/// Whether an argument `over =` for this parameter names axes. It does if the default is `all`. The
/// `over` of a schedule is a duration, whose value is an ordinary expression. Builtins always take
/// axes.
bool takesAxes(const ast::Parameter &parameter);

} // namespace nnc::sema
