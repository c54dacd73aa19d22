// Checks runs: the statements that are executed in order.
#pragma once

#include "compiler/sema/Analysis.h"
#include "compiler/sema/runs/Plots.h"

namespace nnc::sema {

class RunChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::Stmt &stmt, const Scope &scope);

private:
  void checkEvaluate(const ast::EvaluateStmt &stmt, const Scope &scope);
  void checkPlot(const ast::PlotStmt &stmt, const Scope &scope); // Plots.cpp
  void checkCurve(const CurveName &curve, Range where);
  void checkPredict(const ast::PredictStmt &stmt, const Scope &scope);
};

} // namespace nnc::sema
