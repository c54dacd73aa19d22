// Static checks of a parsed program: names, arity, kinds, keys, splits, columns.
#pragma once

#include "compiler/sema/Folders.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

#include "llvm/ADT/ArrayRef.h"

namespace nnc::sema {

struct Options {
  std::string sourceDir;         // the folder of the program's file: data paths start there
  std::string dataDir;           // --data DIR, or empty: tried after sourceDir, as the runtime does
  Folders folders;               // of parts of the program that come from elsewhere
  const char *earlier = nullptr; // of a session: runs from here on in the text ran before, when
                                 // other names were declared
};

/// Checks `program` against itself and the prelude, collecting every error in `diags`. Opens the
/// sources of data declarations as far as needed to know their columns and shapes. Returns whether
/// the program is sound; `symbols` is filled either way.
bool analyze(Diagnostics &diags, const ast::Program &program,
             llvm::ArrayRef<const ast::Program *> prelude, const Options &options,
             Symbols &symbols);

/// Names that the language itself gives to expressions: functions the compiler knows (`sum`,
/// `reshape`, `exp` …) and values that depend on where the expression stands (`step`, `training`,
/// `shape`, `theta` …).
bool isBuiltinFunction(llvm::StringRef name);
bool isAmbientName(llvm::StringRef name);

/// Whether an argument `over =` for this parameter names axes: where the default is `all`. A
/// schedule's `over` is a duration, whose value is an ordinary expression. Builtins take axes
/// always.
bool takesAxes(const ast::Parameter &parameter);

} // namespace nnc::sema
