// What the generators of declarations and statements share: the checked program, and the module and
// the tables that are made from it.
#pragma once

#include "compiler/irgen/Irgen.h"
#include "compiler/irgen/eval/Elaborator.h"

namespace nnc {

struct ProgramContext {
  ProgramContext(Diagnostics &diags, mlir::MLIRContext &context, const ast::Program &program,
                 const sema::Symbols &known, const IrgenOptions &options, IrgenResult &result);
  ProgramContext(const ProgramContext &) = delete;

  Diagnostics &diags;
  const ast::Program &program;
  sema::Symbols symbols; // in an experiment, the names of its block hide those of the program
  const IrgenOptions &options;
  mlir::ModuleOp module;
  mlir::Type element; // T
  Elaborator elab;
  Elaborated &elaborated; // how the module was made
  ProgramTables &tables;
  ProgramT &out; // of the tables. Its lists move when they grow: rows are known by their numbers
  std::vector<StatementT> statements;   // of the program, or of the block that is being generated
  std::vector<std::string> chosenNames; // scalars that experiments choose: "best.rate"

  /// Adds a statement with that body: a TrainT, an EvaluateT ….
  template <class T> void add(T body) {
    statements.emplace_back();
    statements.back().body.Set(std::move(body));
  }

  std::string where(Range r) const;
  /// Ends a function and adds it to the tables.
  nn_fn finish(Function &fn);
  /// Ends a function and removes it.
  static void drop(Function &fn);

  const ast::ModelDecl *findModel(const ast::Path &path);
  const ast::DataDecl *findData(const ast::Path &path, program::split *split = nullptr);
  /// The row of a tensor.
  int32_t tensorRow(llvm::StringRef name) const;
  /// The place of a model, as part of a function name.
  std::string symbolOf(const ast::ModelDecl *model) const;
  /// The place of a path whose model may be in the block of an experiment: "net#3.dense1".
  std::string placeText(const ast::Path &path) const;

  /// Whether any statement writes a report.
  bool reports() const;
  /// Whether anything shows the results of the monitor functions.
  bool monitors() const;
};

} // namespace nnc
