// One func.func while it is filled: its arguments appear as the elaborated code asks for them.
#pragma once

#include "compiler/irgen/Emitter.h"

#include "runtime/abi.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "llvm/ADT/StringMap.h"

namespace nnc {

/// A persistent tensor of the program, as irgen found it.
struct TensorInfo {
  std::string name;                 // the full place
  std::vector<int64_t> shape;
  int32_t kind = NN_PARAMETER;      // nn_tensor_kind
  std::vector<std::string> axes;    // names of its axes in its declaration
  Range range;                      // its declaration
};

/// Where new layers of a part of a model get their names from.
struct Placement {
  std::string path;                       // "mlp" or "mlp.dense1"; empty outside a model
  llvm::StringMap<int> counts;            // layers of each kind so far
  int randomSites = 0;                    // random draws so far
};

class Function {
public:
  Function(Diagnostics &diags, mlir::ModuleOp module, llvm::StringRef name, mlir::Type element);

  Emitter emit;
  bool training = false;
  bool batched = false;      // values are those of a batch: random draws are made for each example
  bool initializing = false; // parameters are drawn here rather than read
  bool hasClock = false;     // step, epoch and total_steps have a meaning here
  /// Values whose meaning depends on where an expression stands: theta, grad, shape, input …
  std::map<std::string, Value> ambient;
  Placement *placement = nullptr;
  std::map<std::string, Value> inputs; // what reaches each layer of one input, by its place

  /// Fields of the batch; declared once, in the ABI's order.
  Value addField(llvm::StringRef name, llvm::ArrayRef<int64_t> shape, bool batched = true, mlir::Type element = {});
  /// The scalar `step`, `seed`, … or an option.
  mlir::Value scalar(llvm::StringRef name);
  /// The present value of a persistent tensor: the argument, or what was last assigned.
  Value tensor(const TensorInfo &info);
  bool hasTensor(llvm::StringRef name) const { return tensors.count(name.str()); }
  void assign(const TensorInfo &info, mlir::Value value);
  void addResult(llvm::StringRef name, mlir::Value value) { results.emplace_back(name.str(), value); }

  struct Slot {
    TensorInfo info;
    mlir::Value argument;   // null where the function only writes it
    mlir::Value current;
  };
  NameMap<Slot> &slots() { return tensors; }

  /// Adds the return, with the results and the assigned tensors, and fixes the function's type.
  mlir::func::FuncOp finish();
  mlir::func::FuncOp op() { return func; }

  /// Applications of models seen so far, so that loss and metrics share one: (model, input) -> output.
  std::map<std::pair<const void *, void *>, Value> applied;

  /// A function that was applied in a model, outside of other functions: noted on request.
  struct Application { std::string name; mlir::Value input, result; };
  std::vector<Application> applications;
  bool notesApplications = false;

private:
  mlir::Value addArgument(mlir::Type type, llvm::StringRef kind, llvm::StringRef name);
  mlir::func::FuncOp func;
  llvm::SmallVector<std::pair<std::string, std::string>> argumentAttrs;
  llvm::StringMap<mlir::Value> scalars;
  NameMap<Slot> tensors;
  llvm::SmallVector<std::pair<std::string, mlir::Value>> results;
};

} // namespace nnc
