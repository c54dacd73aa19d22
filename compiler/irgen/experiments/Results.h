// Generates statements about the result of a compare, a search or an ensemble.
#pragma once

#include "compiler/irgen/experiments/Experiment.h"

namespace nnc {

class StatementGenerator;

class ResultGenerator {
public:
  ResultGenerator(ProgramContext &ctx, StatementGenerator &statements, Results &results)
      : ctx(ctx), statements(statements), results(results) {}

  /// Generates a statement about the results of those names: once for each variant of the
  /// experiment that it depends on.
  void generate(const ast::Stmt *s, const std::set<std::string> &names);

private:
  void generateOutcome(const ast::Stmt *s, const std::string &name);
  void generateForEachChoice(const ast::Stmt *s, const std::set<std::string> &names);

  ProgramContext &ctx;
  StatementGenerator &statements;
  Results &results;
};

} // namespace nnc
