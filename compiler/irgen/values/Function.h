// A func.func while it is being built. Arguments are added when the elaborated code needs them.
#pragma once

#include "compiler/irgen/values/Applications.h"
#include "compiler/irgen/values/Emitter.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

#include <set>

namespace nnc {

/// Gives new layers in a part of a model their names.
struct Placement {
  std::string path;                 // "mlp" or "mlp.dense1"; empty outside a model
  const ast::Decl *owner = nullptr; // the model or layer whose body gives the names
  llvm::StringMap<int> counts;      // layers of each kind so far
  int randomSites = 0;              // random draws so far
  /// A name that is used here, by a layer, a parameter, or a model that is a part of this one.
  struct Taken {
    const void *by;
    Range where;
    bool numbered;
  };
  std::map<std::string, Taken> taken;
};

/// Whether an operation reads examples other than the one its result belongs to (Pieces.cpp).
bool mixesExamples(mlir::Operation *op);

class Function {
public:
  Function(Diagnostics &diags, mlir::ModuleOp module, llvm::StringRef name, mlir::Type element);

  Emitter emit;
  /// The element type of the function's tensors in memory. Values elaborated with another
  /// emit.element (metrics: f64) are cast.
  const mlir::Type element;
  bool training = false; // the value of the name `training` here
  bool isStep =
      false; // of a train statement: the parts of models that it trains are in training mode
  std::vector<std::string> trained; // in a step: the places that the statement trains
  bool insideModel = false;         // the body of a model is being evaluated
  bool measuring = false;    // a metric is being evaluated, which must not change states of layers
  bool inPieces = false;     // an evaluation, whose rows are computed in several calls
  int64_t evaluations = 0;   // expressions evaluated in it so far
  int randomSites = 0;       // random draws so far outside of layers
  bool batched = false;      // values are those of a batch: random draws are made for each example
  bool initializing = false; // parameters are drawn here, not read
  // if initializing: stand-ins for values that do not exist yet, such as the input and the weights
  // of other models
  llvm::DenseSet<mlir::Value> standIns;
  std::string initializes;    // if initializing: the place of the model to draw; its parts that are
                              // models draw their own
  bool addsGradients = false; // a step whose batch is one of several: its rows are counted on
  mlir::Value counter;        // if hasClock: what numbers the draws; null: the step
  mlir::Value once;    // if hasClock: 1 in the first of a step's calls of it; null: there is one
  std::string drawsAs; // the name by which draws outside of layers are known; empty: the function's
  std::string draws;   // what distinguishes the draws of layers from those of the other updates
  bool hasClock = false; // step, epoch and total_steps are defined here
  // if hasClock: the name of the data set if it has no validation split, and so no val_loss
  llvm::StringRef unvalidated;
  // The beginning of the places of optimizer states and of what schedules keep from step to step:
  // "train0."; empty where there are none
  std::string statePrefix;
  llvm::StringMap<int> schedules; // number of schedules with state so far, by name
  /// Values whose meaning depends on the context: theta, grad, shape, input …
  std::map<std::string, Value> ambient;
  /// One of them; null if it has no value here.
  Value *ambientOf(sema::AmbientKind kind) {
    auto it = ambient.find(sema::nameOf(kind).str());
    return it == ambient.end() ? nullptr : &it->second;
  }
  void setAmbient(sema::AmbientKind kind, Value v) {
    ambient[sema::nameOf(kind).str()] = std::move(v);
  }
  Placement *placement = nullptr;
  std::map<std::string, Value> inputs;       // what reaches each layer with one input, by its place
  llvm::DenseSet<mlir::Value> probabilities; // values of functions that state that they give them
  std::vector<Application> *applications = nullptr; // if not null, applications are recorded here

  /// In a `fit` function: the parameters that are still to be fitted, and those of the layer whose
  /// body was just elaborated.
  struct Fit {
    TensorInfo info;
    Value init;
    Range range;
  };
  std::set<std::string> toFit;
  std::vector<Fit> pendingFits;

  /// Adds a field of the batch. Each is declared once, in the order of the ABI.
  Value addField(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, bool batched = true,
                 mlir::Type element = {});
  /// The scalar `step`, `seed`, …, or an option.
  mlir::Value scalar(llvm::StringRef name);
  /// Zeros in place of values that do not exist yet when parameters are drawn. Only their shape
  /// matters.
  Value standIn(llvm::ArrayRef<int64_t> shape, Range at);
  /// The current value of a persistent tensor: the argument, or what was last assigned.
  Value tensor(const TensorInfo &info);
  /// The name of the scalar that an argument is; empty: it is none.
  llvm::StringRef scalarOf(mlir::Value argument) const {
    for (const auto &scalar : scalars)
      if (scalar.second == argument)
        return scalar.first();
    return {};
  }
  bool takes(llvm::StringRef scalar) const { return scalars.count(scalar); }
  bool hasTensor(llvm::StringRef name) const { return tensors.count(name.str()); }
  void assign(const TensorInfo &info, mlir::Value value);
  /// Discards all assignments so far: they are not written.
  void forgetUpdates() {
    for (auto &[name, slot] : tensors)
      slot.current = slot.argument;
  }
  void addResult(llvm::StringRef name, mlir::Value value) {
    results.emplace_back(name.str(), value);
  }
  /// Records that `value` is the sum (or mean) of `parts` over the examples. The runtime continues
  /// the sum over the pieces of a split.
  void addsUp(mlir::Value value, llvm::ArrayRef<mlir::Value> parts) {
    if (!llvm::is_contained(parts, value)) // it is one of them if there are no examples
      sums.try_emplace(value, parts.begin(), parts.end());
  }
  /// Forgets the values of a block that is erased.
  void forget(mlir::Block &block);
  /// An operation that reads several examples and on which a result depends other than through such
  /// a sum; or null. See Pieces.cpp.
  mlir::Operation *mixesExamples() const;

  struct Slot {
    TensorInfo info;
    mlir::Value argument; // null if the function only writes it
    mlir::Value current;
  };
  NameMap<Slot> &slots() { return tensors; }
  /// While `journaling` is not 0: the assigned tensors and their earlier values (null: none), in
  /// order.
  struct Assignment {
    std::string name;
    mlir::Value before;
  };
  std::vector<Assignment> journal;
  int journaling = 0;

  /// Adds the return with the results and the assigned tensors, and sets the type of the function.
  mlir::func::FuncOp finish();
  mlir::func::FuncOp op() { return func; }

  /// The applications of models so far, so that loss and metrics share one: (place of the model,
  /// input) -> output.
  std::map<std::pair<std::string, void *>, Value> applied;

private:
  mlir::Value addArgument(mlir::Type type, llvm::StringRef kind, llvm::StringRef name);
  mlir::func::FuncOp func;
  llvm::SmallVector<std::pair<std::string, std::string>> argumentAttrs;
  llvm::StringMap<mlir::Value> scalars;
  NameMap<Slot> tensors;
  llvm::SmallVector<std::pair<std::string, mlir::Value>> results;
  llvm::DenseMap<mlir::Value, llvm::SmallVector<mlir::Value, 2>> sums;
};

} // namespace nnc
