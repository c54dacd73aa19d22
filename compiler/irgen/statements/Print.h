// Generates print statements.
#pragma once

#include "compiler/irgen/program/DataSets.h"

namespace nnc {

class PrintGenerator {
public:
  PrintGenerator(ProgramContext &ctx, DataGenerator &dataSets) : ctx(ctx), dataSets(dataSets) {}

  void generate(llvm::ArrayRef<ast::Expr *> values);

private:
  /// The expression whose value is printed: of `plays.text(e)` it is `e`, and `data` becomes the
  /// row of that text.
  const ast::Expr *printed(const ast::Expr *e, int32_t &data);

  ProgramContext &ctx;
  DataGenerator &dataSets;
  int count = 0;
};

} // namespace nnc
