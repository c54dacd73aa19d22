// One func.func while it is filled: its arguments appear as the elaborated code asks for them.
#pragma once

#include "compiler/irgen/values/Applications.h"
#include "compiler/irgen/values/Emitter.h"

#include "runtime/abi.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

#include <set>

namespace nnc {

/// Where new layers of a part of a model get their names from.
struct Placement {
  std::string path;                 // "mlp" or "mlp.dense1"; empty outside a model
  const ast::Decl *owner = nullptr; // the model or layer whose body gives the names
  llvm::StringMap<int> counts;      // layers of each kind so far
  int randomSites = 0;              // random draws so far
  /// What has a name here: a layer, a parameter, a model that is a part of this one.
  struct Taken {
    const void *by;
    Range where;
    bool numbered;
  };
  std::map<std::string, Taken> taken;
};

/// Whether an operation looks at other examples than the one that its result belongs to
/// (Pieces.cpp).
bool mixesExamples(mlir::Operation *op);

class Function {
public:
  Function(Diagnostics &diags, mlir::ModuleOp module, llvm::StringRef name, mlir::Type element);

  Emitter emit;
  /// The element type of its tensors in memory. What is elaborated while emit.element is another
  /// (metrics: f64) is cast.
  const mlir::Type element;
  bool training = false; // what the name `training` means here
  bool isStep =
      false; // of a train statement: the parts of models that it trains are in training mode
  std::vector<std::string> trained; // of a step: the places that the statement trains
  bool insideModel = false;         // the body of a model is being evaluated
  bool measuring = false;    // a metric is being evaluated, which changes no state of a layer
  bool inPieces = false;     // an evaluation, whose rows are computed in several calls
  int64_t evaluations = 0;   // expressions evaluated in it so far
  int randomSites = 0;       // random draws so far outside of layers
  bool batched = false;      // values are those of a batch: random draws are made for each example
  bool initializing = false; // parameters are drawn here rather than read
  // then: of what is not there yet, a model's input and other models' weights
  llvm::DenseSet<mlir::Value> standIns;
  std::string initializes; // then: the place below which they are; parts that are models of their
                           // own are drawn by those
  bool hasClock = false;   // step, epoch and total_steps have a meaning here
  // with a clock: the data set, if it has no validation split and so no val_loss
  llvm::StringRef unvalidated;
  // "train0." where schedules remember numbers from step to step; else empty
  std::string statePrefix;
  llvm::StringMap<int> schedules; // how many schedules of each name with a state there are so far
  /// Values whose meaning depends on where an expression stands: theta, grad, shape, input …
  std::map<std::string, Value> ambient;
  Placement *placement = nullptr;
  std::map<std::string, Value> inputs; // what reaches each layer of one input, by its place
  std::vector<Application> *applications = nullptr; // if not null, what is applied is noted here

  /// Of a `fit` function: the parameters that are still to be fitted, and those of the layer whose
  /// body was just elaborated.
  struct Fit {
    TensorInfo info;
    Value init;
    Range range;
  };
  std::set<std::string> toFit;
  std::vector<Fit> pendingFits;

  /// Fields of the batch; declared once, in the ABI's order.
  Value addField(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, bool batched = true,
                 mlir::Type element = {});
  /// The scalar `step`, `seed`, … or an option.
  mlir::Value scalar(llvm::StringRef name);
  /// Zeros in place of what is not there yet when parameters are drawn: only their shape counts.
  Value standIn(llvm::ArrayRef<int64_t> shape, Range at);
  /// The present value of a persistent tensor: the argument, or what was last assigned.
  Value tensor(const TensorInfo &info);
  bool takes(llvm::StringRef scalar) const { return scalars.count(scalar); }
  bool hasTensor(llvm::StringRef name) const { return tensors.count(name.str()); }
  void assign(const TensorInfo &info, mlir::Value value);
  /// Whatever was assigned so far is not written.
  void forgetUpdates() {
    for (auto &[name, slot] : tensors)
      slot.current = slot.argument;
  }
  void addResult(llvm::StringRef name, mlir::Value value) {
    results.emplace_back(name.str(), value);
  }
  /// `value` adds up (or averages) `parts` over the examples, as the runtime goes on to do over the
  /// pieces of a split.
  void addsUp(mlir::Value value, llvm::ArrayRef<mlir::Value> parts) {
    if (!llvm::is_contained(parts, value)) // there are no examples
      sums.try_emplace(value, parts.begin(), parts.end());
  }
  /// An operation that looks at several examples, and on which a result depends otherwise than by
  /// such a sum; or null. See Pieces.cpp.
  mlir::Operation *mixesExamples() const;

  struct Slot {
    TensorInfo info;
    mlir::Value argument; // null where the function only writes it
    mlir::Value current;
  };
  NameMap<Slot> &slots() { return tensors; }
  /// While `journaling` is not 0: what was assigned, and the value before it (null: none), in
  /// order.
  struct Assignment {
    std::string name;
    mlir::Value before;
  };
  std::vector<Assignment> journal;
  int journaling = 0;

  /// Adds the return, with the results and the assigned tensors, and fixes the function's type.
  mlir::func::FuncOp finish();
  mlir::func::FuncOp op() { return func; }

  /// Applications of models seen so far, so that loss and metrics share one: (the model's place,
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
