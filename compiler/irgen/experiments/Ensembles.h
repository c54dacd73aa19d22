// Generates ensemble statements.
#pragma once

#include "compiler/irgen/experiments/Experiment.h"
#include "compiler/irgen/program/Models.h"
#include "compiler/irgen/program/Settings.h"
#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

class EnsembleGenerator {
public:
  EnsembleGenerator(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                    const TrainedSoFar &trained, Results &results)
      : ctx(ctx), settings(settings), models(models), trained(trained), results(results) {}

  void generate(const ast::EnsembleStmt *s);

private:
  /// Whether the model has been trained such that its training can be repeated for each member. If
  /// not, reports an error.
  bool canRepeatTraining(const ast::EnsembleStmt *s, const ast::ModelDecl *of);
  /// Reads the entries of the block. Returns false after an error.
  bool readEntries(const ast::EnsembleStmt *s, int64_t &members, nn_number &seed);
  /// The model that the ensemble is.
  ast::ModelDecl *makeModel(const ast::EnsembleStmt *s, const ast::ModelDecl *of, int64_t members);

  ProgramContext &ctx;
  Settings &settings;
  ModelGenerator &models;
  const TrainedSoFar &trained;
  Results &results;
};

} // namespace nnc
