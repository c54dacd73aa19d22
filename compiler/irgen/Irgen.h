// The entry point of irgen: turns a checked program into the nn module and the program tables.
#pragma once

#include "compiler/irgen/ProgramTables.h"
#include "compiler/sema/Folders.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>

namespace nnc {

struct IrgenOptions {
  bool doublePrecision = false; // --precision f64
  std::string name;             // of the program: "mnist_mlp"
  std::string sourcePath;       // as given
  std::string sourceDir;        // absolute
  bool session =
      false; // the program is an input of a session: earlier inputs may have trained its models
  bool formulas = false; // emit norms as in formulas, without protection against overflow; such
                         // code is never run
  bool monitor = false;  // give train statements a monitor function even if no report needs it
  sema::Folders folders; // for parts of the program that come from another folder
};

struct Elaborated; // Applications.h

struct IrgenResult {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<ProgramTables> tables;
  std::shared_ptr<Elaborated> elaborated; // how the module was made; valid until a pass changes it
};

/// Elaborates every model, data set and statement of `program`. Reports every error in `diags` and
/// returns whether there was none. The context must have the nn and func dialects loaded.
bool generate(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
              const sema::Symbols &symbols, const IrgenOptions &options, IrgenResult &result);

} // namespace nnc
