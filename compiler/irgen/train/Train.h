// Generates train statements.
#pragma once

#include "compiler/irgen/program/Metrics.h"
#include "compiler/irgen/program/Models.h"
#include "compiler/irgen/train/Step.h"

namespace nnc {

class TrainGenerator {
public:
  TrainGenerator(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                 DataGenerator &dataSets, TrainedSoFar &trained)
      : ctx(ctx), settings(settings), models(models), dataSets(dataSets), trained(trained),
        losses(ctx, dataSets), steps(ctx, dataSets, losses) {}

  void generate(const ast::TrainStmt *s);

private:
  /// The row of the statement, and what trains. Returns false after an error.
  bool begin(TrainStatement &train);
  bool generateSteps(TrainStatement &train, MetricGenerator &metrics);
  /// What the updates have made, in the row of the statement.
  void finishUpdates(TrainStatement &train);
  /// The other models of the statement, and the data that they all predict from.
  void noteModels(TrainStatement &train);
  /// The tensors of the optimizer's state, and the function that sets their start values.
  bool generateOptimizerState(TrainStatement &train);
  /// The function that computes the loss and the metrics of a split.
  void generateEval(TrainStatement &train, MetricGenerator &metrics);
  /// The size of a batch, and how long the run is.
  void generateDuration(TrainStatement &train);
  /// What the run watches: when it stops, which weights it keeps, and when it writes a checkpoint.
  void generateWatches(TrainStatement &train);

  ProgramContext &ctx;
  Settings &settings;
  ModelGenerator &models;
  DataGenerator &dataSets;
  TrainedSoFar &trained;
  LossGenerator losses;
  StepGenerator steps;
  int count = 0;
};

} // namespace nnc
