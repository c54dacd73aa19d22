// What was applied to what while a training step was elaborated, for checks that must know which
// function or layer made a value. The values are those of the step as irgen made it, and live until
// the first pass changes it.
#pragma once

#include "compiler/irgen/values/Value.h"

#include "runtime/abi.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace nnc {

/// A persistent tensor of the program, as irgen found it.
struct TensorInfo {
  std::string name; // the full place
  std::vector<int64_t> shape;
  int32_t kind = NN_PARAMETER;            // nn_tensor_kind
  std::vector<std::string> axes;          // names of its axes in its declaration
  Range range;                            // its declaration
  std::shared_ptr<const Applicable> init; // of a parameter: what draws it; null: an expression
  bool isUniform = false; // of a parameter: every element starts from the same number
};

/// One call of a function, a layer or a primitive.
struct Application {
  const ast::Decl *decl = nullptr; // null: a primitive
  bool prelude = false;            // where decl stands
  std::string name;
  Range named, at;             // where it was named; where it was applied: outside of the prelude
  std::string place;           // of a layer
  bool insideFunction = false; // it is a part of another function's value
  size_t depth = 0;            // how many of the applications before it hold it
  llvm::SmallVector<std::pair<std::string, mlir::Value>, 2>
      args;           // name ("": by position) and tensor, or null
  mlir::Value result; // null: none
  mlir::Operation *before = nullptr,
                  *last =
                      nullptr; // its ops are those behind `before` (null: the first), up to `last`
};

/// A train statement, with what was applied on the way to its loss, in the order in which it began.
struct TrainedStep {
  const ast::TrainStmt *statement = nullptr;
  const ast::DataDecl *data = nullptr;
  int32_t dataRow = -1; // its index in the tables
  mlir::func::FuncOp function;
  std::vector<Application> applications;
  std::shared_ptr<const Applicable> optimizer; // with its hyper-parameters
  std::vector<TurnedMeeting> turnedMeetings;
};

/// What elaboration knew besides the module that it made.
struct Elaborated {
  std::vector<TrainedStep> steps;
  NameMap<TensorInfo> tensors; // of all models
};

} // namespace nnc
