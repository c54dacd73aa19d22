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
