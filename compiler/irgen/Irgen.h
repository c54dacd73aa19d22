// From a sound program to the nn module and the program's tables: the room's face.
#pragma once

#include "compiler/irgen/ProgramTables.h"
#include "compiler/sema/Symbols.h"
#include "compiler/support/Diagnostics.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <memory>

namespace nnc {

struct IrgenOptions {
  bool doublePrecision = false;   // --precision f64
  std::string name;               // the program's: "mnist_mlp"
  std::string sourcePath;         // as given
  std::string sourceDir;          // absolute
  bool monitor = false;           // train statements get their monitor function even if no report asks for it
};

struct IrgenResult {
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::unique_ptr<ProgramTables> tables;
};

/// Elaborates every model, data set and statement of `program`. Reports every error it finds in `diags` and returns whether there was
/// none. The context must have the nn and func dialects loaded.
bool generate(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
              const sema::Symbols &symbols, const IrgenOptions &options, IrgenResult &result);

} // namespace nnc
