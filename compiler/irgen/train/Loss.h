// Elaborates the loss of a train statement, in its step and in the functions that repeat the step.
#pragma once

#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

class LossGenerator {
public:
  LossGenerator(ProgramContext &ctx, DataGenerator &dataSets) : ctx(ctx), dataSets(dataSets) {}

  /// Sets up `fn` as the step of that statement, or as a function that belongs to it.
  void beginStep(Function &fn, const TrainStatement &train);
  /// Defines `step`, `val_loss`, … and the states of schedules in a function of the train
  /// statement.
  void setClock(Function &fn, const TrainStatement &train);
  /// If the statement trains a part of a model, defines `input` as what reaches that part. Reports
  /// an error and returns false if nothing does.
  bool addPartInput(Function &fn, const TrainStatement &train, Scope &scope);
  /// The mean loss over the batch: batched terms are averaged, the others are added unchanged.
  mlir::Value mean(const ast::Expr *e, const Scope &scope);
  /// The mean loss in a function other than the step, computed as in the step. Null after an error.
  /// Records the applications in `applications` if that is not null.
  mlir::Value asInStep(Function &fn, const TrainStatement &train, bool augment,
                       std::vector<Application> *applications = nullptr);
  static llvm::SmallVector<mlir::Value> gradientsOf(Function &fn, mlir::Value loss,
                                                    llvm::ArrayRef<TensorInfo> parameters);

private:
  ProgramContext &ctx;
  DataGenerator &dataSets;
};

} // namespace nnc
