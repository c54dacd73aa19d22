// Generates the step function of a train statement: forward, gradients, clipping, update, metrics.
#pragma once

#include "compiler/irgen/program/Metrics.h"
#include "compiler/irgen/train/Loss.h"

namespace nnc {

class StepGenerator {
public:
  StepGenerator(ProgramContext &ctx, DataGenerator &dataSets, LossGenerator &losses)
      : ctx(ctx), dataSets(dataSets), losses(losses) {}

  /// Fills in the parameters that the statement trains. Returns false after an error.
  bool generate(TrainStatement &train, MetricGenerator &metrics);

private:
  bool build(TrainStatement &train, MetricGenerator &metrics, Function &fn);
  /// The loss, the metrics, and the conditions on the data. `limit` is that of `clip`. Null after
  /// an error.
  mlir::Value forward(TrainStatement &train, MetricGenerator &metrics, Function &fn, Scope &scope,
                      TrainedStep &record, Value &limit);
  bool findTrained(TrainStatement &train, Function &fn);
  /// Updates the parameters by the optimizer, which is returned. Null after an error.
  std::shared_ptr<const Applicable> update(const TrainStatement &train, Function &fn,
                                           const Scope &scope, llvm::ArrayRef<mlir::Value> grads);

  ProgramContext &ctx;
  DataGenerator &dataSets;
  LossGenerator &losses;
};

} // namespace nnc
