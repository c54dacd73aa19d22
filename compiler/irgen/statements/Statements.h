// Generates the statements of a program, or of the block of an experiment.
#pragma once

#include "compiler/irgen/experiments/Ensembles.h"
#include "compiler/irgen/experiments/Experiments.h"
#include "compiler/irgen/experiments/Results.h"
#include "compiler/irgen/statements/Evaluate.h"
#include "compiler/irgen/statements/Plot.h"
#include "compiler/irgen/statements/Predict.h"
#include "compiler/irgen/statements/Print.h"
#include "compiler/irgen/train/Train.h"

namespace nnc {

class StatementGenerator {
public:
  StatementGenerator(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                     DataGenerator &dataSets, const DrawnConstants &builtIn);

  void generate(const ast::Stmt *s);
  /// Generates a statement that does not depend on the result of an experiment, or depends on the
  /// variant whose names are in scope.
  void generatePlain(const ast::Stmt *s);

private:
  ProgramContext &ctx;
  Settings &settings;
  ModelGenerator &models;
  TrainedSoFar trained;
  Results found;
  TrainGenerator train;
  EvaluateGenerator evaluate;
  PredictGenerator predict;
  PrintGenerator print;
  PlotGenerator plot;
  ExperimentGenerator experiments;
  EnsembleGenerator ensembles;
  ResultGenerator results;
};

} // namespace nnc
