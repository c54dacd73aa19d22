// The numbers and texts of statements and sources. Numbers that depend on options are results of
// one function, `settings`, which the runtime calls once.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

#include <memory>

namespace nnc {

inline nn_number constantNumber(double v) { return nn_number{v, -1}; }

class Settings {
public:
  explicit Settings(ProgramContext &ctx) : ctx(ctx) {}

  /// Begins the function. The module has it after all functions that exist already.
  void begin();
  /// From here on, expressions are elaborated in the function of the settings.
  void enter() { ctx.elab.fn = function.get(); }
  /// Ends the function and adds it to the tables, if it has any result.
  void end();

  nn_number number(const ast::Expr *e, llvm::StringRef what, double least = -1e300,
                   double most = 1e300, bool whole = false);
  /// A duration, or a plain number of epochs.
  nn_number epochs(const ast::Expr *e, llvm::StringRef what);
  /// The name of a file. Reports an error and returns false if it is none.
  bool textOf(const ast::Expr *e, std::string &text, llvm::StringRef what);

private:
  Value evaluate(const ast::Expr *e);

  ProgramContext &ctx;
  std::unique_ptr<Function> function;
  int32_t count = 0;
};

} // namespace nnc
