// Generates a program: its options, models, data sets, settings and statements.
#pragma once

#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/program/Models.h"
#include "compiler/irgen/statements/Statements.h"

namespace nnc {

class ProgramGenerator {
public:
  /// `builtIn`: the drawn constants on which the code depends.
  ProgramGenerator(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                   const sema::Symbols &symbols, const IrgenOptions &options,
                   const DrawnConstants &builtIn, IrgenResult &result)
      : ctx(diags, context, program, symbols, options, result), settings(ctx),
        models(ctx, dataSets), dataSets(ctx, settings),
        statements(ctx, settings, models, dataSets, builtIn) {}

  void run();
  /// Elaborates the program with all other drawn constants as scalars of the run. Returns those
  /// that must be known, or nothing if there are errors. The result is of no other use.
  std::optional<DrawnConstants> findNeeded();

private:
  void describeProgram();
  void generateOptions();
  /// Names the scalars of compiled functions, in the order of their slots.
  void nameScalars();

  ProgramContext ctx;
  Settings settings;
  ModelGenerator models;
  DataGenerator dataSets;
  StatementGenerator statements;
};

} // namespace nnc
