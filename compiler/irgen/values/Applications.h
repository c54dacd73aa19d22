// Records what was applied while a training step was elaborated, for checks that must know which
// function or layer computed a value. The values are those of the step as irgen made it, and are
// valid until the first pass changes it.
#pragma once

#include "compiler/irgen/values/Value.h"

#include "compiler/support/Program.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnc {

/// A persistent tensor of the program, as irgen found it.
struct TensorInfo {
  std::string name; // the full place
  std::vector<int64_t> shape;
  tensor_kind kind = NN_PARAMETER;
  std::vector<std::string> axes;          // names of its axes in its declaration
  Range range;                            // its declaration
  std::shared_ptr<const Applicable> init; // for a parameter: its initializer; null: an expression
  bool isUniform = false; // for a parameter: every element starts with the same number
};

/// One call of a function, a layer or a primitive.
struct Application {
  const ast::Decl *decl = nullptr; // null: a primitive
  bool prelude = false;            // decl is in the prelude
  std::string name;
  Range named, at;             // where it was named; where it was applied, outside the prelude
  std::string place;           // for a layer
  bool insideFunction = false; // it is a part of the value of another function
  size_t depth = 0;            // how many applications contain it
  llvm::SmallVector<std::pair<std::string, mlir::Value>, 2>
      args;           // name ("": positional) and tensor, or null
  mlir::Value result; // null: none
  mlir::Operation *before = nullptr,
                  *last = nullptr; // its ops are those after `before` (null: from the first) up to
                                   // `last`
};

/// An optimizer with its hyper-parameters, and the entry that names it.
struct UsedOptimizer {
  const ast::Expr *written;
  std::shared_ptr<const Applicable> made;
};

/// An update of a train statement with all applications on the way to its loss, in the order in
/// which they began.
struct TrainedStep {
  const ast::TrainStmt *statement = nullptr;
  const ast::DataDecl *data = nullptr;
  int32_t dataRow = -1; // its index in the tables
  mlir::func::FuncOp function;
  std::vector<Application> applications;
  std::vector<UsedOptimizer> optimizers;
  std::vector<TurnedMeeting> turnedMeetings;
};

/// What elaboration knew in addition to the module that it made.
struct Elaborated {
  std::vector<TrainedStep> steps;
  NameMap<TensorInfo> tensors; // of all models
};

} // namespace nnc
