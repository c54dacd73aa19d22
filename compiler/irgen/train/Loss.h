// Elaborates the loss of a train statement, in its step and in the functions that repeat the step.
#pragma once

#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

/// The name of another function of an update: "train0_trace", "train0_trace2".
inline std::string nameBeside(const TrainStatement &train, const StepUpdate &update,
                              llvm::StringRef what) {
  return train.prefix + "_" + what.str() +
         (update.number ? std::to_string(update.number + 1) : std::string());
}

class LossGenerator {
public:
  LossGenerator(ProgramContext &ctx, DataGenerator &dataSets) : ctx(ctx), dataSets(dataSets) {}

  /// Sets up `fn` as the step of that update, or as a function that belongs to it. A function may
  /// belong to several updates, one after the other: what one has applied is not that of the next,
  /// which trains other parts. `ofBatch`: false for what follows after all batches of the step.
  void beginStep(Function &fn, const TrainStatement &train, const StepUpdate &update,
                 bool ofBatch = true);
  /// Defines `step`, `val_loss`, … and the states of schedules in a function of the train
  /// statement.
  void setClock(Function &fn, const TrainStatement &train);
  /// If the statement trains a part of a model, defines `input` as what reaches that part. Reports
  /// an error and returns false if nothing does.
  bool addPartInput(Function &fn, const TrainStatement &train, Scope &scope);
  /// The mean loss over the batch: batched terms are averaged, the others are added unchanged.
  mlir::Value mean(const ast::Expr *e, const Scope &scope);
  /// Adds the fields of the batch to a function other than the step, once. Returns false after an
  /// error.
  bool addBatch(Function &fn, const TrainStatement &train, bool augment, Scope &scope);
  /// The mean loss of an update in such a function, computed as in the step. Null after an error.
  /// Records the applications in `applications` if that is not null.
  mlir::Value asInStep(Function &fn, const TrainStatement &train, const StepUpdate &update,
                       Scope &scope, std::vector<Application> *applications = nullptr);
  static llvm::SmallVector<mlir::Value> gradientsOf(Function &fn, mlir::Value loss,
                                                    llvm::ArrayRef<TensorInfo> parameters);

private:
  ProgramContext &ctx;
  DataGenerator &dataSets;
};

} // namespace nnc
