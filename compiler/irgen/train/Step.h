// Generates the step function of an update: forward, gradients, clipping, update, metrics. With
// `accumulate` it adds up gradients, and a second function updates by the sums.
#pragma once

#include "compiler/irgen/program/Metrics.h"
#include "compiler/irgen/train/Loss.h"

namespace nnc {

class StepGenerator {
public:
  StepGenerator(ProgramContext &ctx, DataGenerator &dataSets, LossGenerator &losses)
      : ctx(ctx), dataSets(dataSets), losses(losses) {}

  /// Fills in the parameters that the update trains. The first update of a step measures the
  /// metrics. Returns false after an error.
  bool generate(TrainStatement &train, StepUpdate &update, MetricGenerator &metrics);

private:
  bool build(TrainStatement &train, StepUpdate &update, MetricGenerator &metrics, Function &fn,
             TrainedStep &record);
  /// The loss, the metrics, and the conditions on the data. `limit` is that of `clip`. Null after
  /// an error.
  mlir::Value forward(TrainStatement &train, StepUpdate &update, MetricGenerator &metrics,
                      Function &fn, TrainedStep &record, Value &limit);
  bool findTrained(StepUpdate &update, Function &fn);
  /// Records which of several models are applied to what the data have.
  void noteApplied(TrainStatement &train, const Function &fn, llvm::ArrayRef<mlir::Value> fields);
  /// Adds the gradients of a batch to the sums of those before.
  void addUp(const StepUpdate &update, Function &fn, llvm::ArrayRef<mlir::Value> grads);
  /// The function that updates by the sums.
  bool generateApply(TrainStatement &train, StepUpdate &update, TrainedStep &record);
  /// Clips the gradients, updates the parameters by their optimizers, and applies constraints.
  bool apply(const TrainStatement &train, const StepUpdate &update, const Value &limit,
             llvm::MutableArrayRef<mlir::Value> grads, TrainedStep &record);

  ProgramContext &ctx;
  DataGenerator &dataSets;
  LossGenerator &losses;
};

} // namespace nnc
