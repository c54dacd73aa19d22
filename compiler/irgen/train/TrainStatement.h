// A train statement while its functions are generated, and what is known of those before it.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

/// The entries of a train block, or of an update in it, by kind.
struct TrainEntries {
  explicit TrainEntries(llvm::ArrayRef<ast::Entry *> entries);

  const ast::Expr *loss = nullptr, *optimizer = nullptr, *times = nullptr, *batch = nullptr,
                  *epochs = nullptr, *steps = nullptr, *accumulate = nullptr, *average = nullptr;
  const ast::ClipEntry *clip = nullptr;
  const ast::StopEntry *stop = nullptr;
  const ast::KeepEntry *keep = nullptr;
  const ast::CheckpointEntry *checkpoint = nullptr;
  llvm::SmallVector<const ast::MetricEntry *> metrics;
  llvm::SmallVector<const ast::ConstrainEntry *> constraints;
  llvm::SmallVector<const ast::OptimizerEntry *> parts; // with optimizers of their own

private:
  void read(const ast::SettingEntry &setting);
};

/// An update of a step while its functions are generated. A statement without `update` has one.
struct StepUpdate {
  TrainEntries entries;
  size_t number;                   // among those of the statement
  std::string name;                // of its step function: "train0_step", "train0_step2"
  std::vector<std::string> places; // what it trains
  std::string text;                // the same, as the program writes it
  Range range;
  std::vector<TensorInfo> trained; // the parameters there on which the loss depends
  // What is made of it, for TrainT or UpdateT.
  nn_fn step, apply, trace;
  std::vector<TracePointT> tracePoints;
  nn_number times;
  std::unique_ptr<TargetsT> computed;
};

struct TrainStatement {
  const ast::TrainStmt *statement;
  const ast::DataDecl *data;
  TrainEntries entries; // of the whole step
  std::string prefix;   // of the names of its functions: "train0"
  TrainT row;
  std::vector<StepUpdate> updates;
  std::vector<TensorInfo> trained;          // by any of them, each once
  std::set<const ast::ModelDecl *> applied; // the trained models that get what the data have
  bool addsGradients = false;               // of several batches before an update

  const StepUpdate &first() const { return updates.front(); }
};

/// The train statements so far.
struct TrainedSoFar {
  /// The last one: a plot shows its curves.
  struct Last {
    const ast::TrainStmt *statement = nullptr;
    int32_t number = 0; // among the program's train statements
    struct Metric {
      std::string name;
      bool isNumber;
    };
    std::vector<Metric> metrics;
  } last;
  std::map<const ast::ModelDecl *, const ast::TrainStmt *> byModel; // those of whole models
  std::vector<const ast::TrainStmt *> ofBlock; // of the variant that is being generated, in order
};

} // namespace nnc
