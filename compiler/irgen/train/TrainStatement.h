// A train statement while its functions are generated, and what is known of those before it.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

/// The entries of a train block by kind.
struct TrainEntries {
  explicit TrainEntries(llvm::ArrayRef<ast::Entry *> entries);

  const ast::Expr *loss = nullptr, *optimizer = nullptr, *batch = nullptr, *epochs = nullptr,
                  *steps = nullptr;
  const ast::ClipEntry *clip = nullptr;
  const ast::StopEntry *stop = nullptr;
  const ast::KeepEntry *keep = nullptr;
  const ast::CheckpointEntry *checkpoint = nullptr;
  llvm::SmallVector<const ast::MetricEntry *> metrics;
  llvm::SmallVector<const ast::ConstrainEntry *> constraints;
};

struct TrainStatement {
  const ast::TrainStmt *statement;
  const ast::DataDecl *data;
  TrainEntries entries;
  std::string prefix; // of the names of its functions: "train0"
  TrainT row;
  std::vector<TensorInfo> trained; // the parameters of the model on which the loss depends
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
