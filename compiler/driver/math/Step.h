// Step: a training step prepared for formulas. The values that interest a reader get names, and
// their gradients come from the compiler's own differentiation.
#pragma once

#include "compiler/driver/math/Formula.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

#include <string>
#include <vector>

namespace nnc {
class Session;
}

namespace nnc::math {

/// A value of the forward pass that has a name: a layer's result, an activation, the model's
/// output.
struct Landmark {
  mlir::Value value, gradient; // gradient: null if the loss does not depend on the value
  Formula name;
  std::string index;     // the layer's number
  std::string place;     // "net.dense1", or empty
  bool isAffine = false; // z: its gradient is called δ
};

/// A persistent tensor that the step reads.
struct Parameter {
  mlir::Value value;    // the function's argument
  mlir::Value gradient; // null for states and frozen parameters
  Formula name;
  std::string place; // "net.dense1.w"
};

struct Step {
  mlir::func::FuncOp function;
  mlir::Value loss;
  std::vector<Landmark> landmarks; // in program order
  std::vector<Parameter> parameters;
};

/// A function of the program that formulas call by its symbol, because its comment defines one:
/// "σ(z) = …".
struct Definition {
  std::string symbol, comment;
};

/// The training steps of a session's program, differentiated and simplified. Owns their module.
struct Steps {
  std::unique_ptr<mlir::MLIRContext> context;
  mlir::OwningOpRef<mlir::ModuleOp> module;
  std::vector<Step> steps;
  std::vector<Definition> definitions;
};

/// Builds the steps of a session that has reached Checked. Empty after an error, which is in the
/// session's diagnostics.
Steps prepareSteps(Session &session, const Typography &type);

} // namespace nnc::math
