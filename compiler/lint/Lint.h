// The entry point of lint: warns about programs that the language allows but that are rarely
// intended.
#pragma once

#include "compiler/irgen/Irgen.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

namespace nnc {

enum class LintMode { Warn, Error, Off };

/// Checks the training steps of a program, as irgen made them (before any pass), and reports to
/// `diags`: warnings, or errors with LintMode::Error. `dataDir` is another folder for data files,
/// or empty. Files are opened if a lint must know their numbers.
void lintProgram(Diagnostics &diags, const ast::Program &program, const sema::Symbols &symbols,
                 const IrgenResult &generated, llvm::StringRef dataDir, LintMode mode);

} // namespace nnc
