// Generates print statements.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

class PrintGenerator {
public:
  explicit PrintGenerator(ProgramContext &ctx) : ctx(ctx) {}

  void generate(llvm::ArrayRef<ast::Expr *> values);

private:
  ProgramContext &ctx;
  int count = 0;
};

} // namespace nnc
