// Generates compare and search statements.
#pragma once

#include "compiler/irgen/experiments/Variants.h"
#include "compiler/irgen/program/Settings.h"

namespace nnc {

class ExperimentGenerator {
public:
  ExperimentGenerator(ProgramContext &ctx, Settings &settings, const DrawnConstants &builtIn,
                      VariantGenerator variants, TrainedSoFar &trained, Results &results)
      : ctx(ctx), settings(settings), builtIn(builtIn), variants(variants), trained(trained),
        results(results) {}

  /// `s` is a search or a compare statement.
  void generate(const ast::Stmt *s);

private:
  /// The drawn constants of the block, and the number of combinations of those on which the code
  /// depends. `prefix` begins the names of their scalars. Returns false after an error.
  bool generateDrawn(llvm::ArrayRef<ast::Stmt *> body, llvm::StringRef prefix, ExperimentT &row,
                     std::vector<Drawn> &drawn, size_t &combinations);
  bool generateVariants(llvm::ArrayRef<ast::Stmt *> body, llvm::ArrayRef<Drawn> drawn,
                        size_t combinations, ExperimentT &row, Experiment &experiment);
  /// The settings and the goal of a search. `inBlocks`: what has been trained, including the blocks
  /// of its variants.
  bool generateSearch(const ast::SearchStmt *s,
                      const std::map<const ast::ModelDecl *, const ast::TrainStmt *> &inBlocks,
                      ExperimentT &row, Experiment &experiment);
  bool generateGoal(const ast::SearchStmt *s, ExperimentT &row, Experiment &experiment);

  ProgramContext &ctx;
  Settings &settings;
  const DrawnConstants &builtIn;
  // only checks whether the program is sound: one variant of each experiment is enough
  VariantGenerator variants;
  TrainedSoFar &trained;
  Results &results;
  int count = 0;
};

} // namespace nnc
