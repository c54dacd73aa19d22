// From a sound program to the nn module and the program's tables: the room's face.
#pragma once

#include "compiler/irgen/ProgramTables.h"
#include "compiler/sema/Folders.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>
#include <set>

namespace nnc {

struct IrgenOptions {
  bool doublePrecision = false; // --precision f64
  std::string name;             // the program's: "mnist_mlp"
  std::string sourcePath;       // as given
  std::string sourceDir;        // absolute
  bool session =
      false; // the program is an input of a session: earlier inputs may have trained its models
  bool formulas =
      false; // norms as formulas write them: never run, so nothing keeps them from overflowing
  bool monitor = false; // train statements get their monitor function even if no report asks for it
  sema::Folders folders; // of parts of the program that come from elsewhere
};

/// What experiments choose by values that the code depends on, such as a number of units: compiled
/// once for each value. All other numbers are read while the program runs.
using BuiltIn = std::set<const ast::LetDecl *>;

struct Elaborated; // Applications.h

struct IrgenResult {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<ProgramTables> tables;
  std::shared_ptr<Elaborated>
      elaborated; // how the module came about; holds until a pass changes it
};

/// Elaborates every model, data set and statement of `program`. Reports every error it finds in
/// `diags` and returns whether there was none. The context must have the nn and func dialects
/// loaded.
bool generate(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
              const sema::Symbols &symbols, const IrgenOptions &options, IrgenResult &result);

} // namespace nnc
