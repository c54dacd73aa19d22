// Generates plot statements.
#pragma once

#include "compiler/irgen/program/Settings.h"
#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

class PlotGenerator {
public:
  PlotGenerator(ProgramContext &ctx, Settings &settings, const TrainedSoFar &trained)
      : ctx(ctx), settings(settings), trained(trained) {}

  void generate(const ast::PlotStmt *s);

private:
  /// A curve, or the value of an expression.
  bool generateItem(const ast::Expr *e, PlottedT &item);
  bool generateValue(const ast::Expr *e, PlottedT &item);

  ProgramContext &ctx;
  Settings &settings;
  const TrainedSoFar &trained;
  int count = 0;
};

} // namespace nnc
