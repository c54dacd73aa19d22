// Lints: what the language allows, and what seldom is meant. The room's face.
#pragma once

#include "compiler/irgen/Irgen.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

namespace nnc {

enum class LintMode { Warn, Error, Off };

/// Judges the training steps of a program, as irgen made them (before any pass), and reports what
/// it finds in `diags`: as warnings, or with LintMode::Error as errors. `dataDir` is another folder
/// for data files, or empty: the files are opened where a lint must know what numbers they hold.
void lintProgram(Diagnostics &diags, const ast::Program &program, const sema::Symbols &symbols,
                 const IrgenResult &generated, llvm::StringRef dataDir, LintMode mode);

} // namespace nnc
