// Generates evaluate statements.
#pragma once

#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/program/Models.h"

namespace nnc {

class EvaluateGenerator {
public:
  EvaluateGenerator(ProgramContext &ctx, ModelGenerator &models, DataGenerator &dataSets)
      : ctx(ctx), models(models), dataSets(dataSets) {}

  void generate(const ast::EvaluateStmt *s);

private:
  /// How often `importance` shuffles each column.
  int32_t shufflesOf(const ast::Expr *e);

  ProgramContext &ctx;
  ModelGenerator &models;
  DataGenerator &dataSets;
  int count = 0;
};

} // namespace nnc
