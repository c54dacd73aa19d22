// PlanMemory: where every tensor lives (see nn_call in runtime/abi.h).
//
// In:  scheduled functions of kern ops.
// Out: a `kern.place` on every argument and `places` on every kernel; on the module nn.offsets
// (tensor name -> byte offset
//      in the arena) and nn.persistent_bytes; on each function nn.fixed_bytes and nn.row_bytes.
//
// Persistent tensors of all functions share one layout. Kernel results go straight to the caller's
// memory or to the persistent tensor when they are returned, else to scratch, where places are
// reused as soon as their value is dead, by the same kernel if it reads and writes the same
// elements. A tensor's new value is written in place if nobody reads the old one afterwards and the
// guard has passed; otherwise it is computed in scratch and copied last.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
}

namespace nnc {

/// The plan of a module, for tables and for --emit=plan. Sizes in bytes.
struct MemoryPlan {
  struct Tensor {
    std::string name;
    int64_t offset, bytes;
  };
  struct Function {
    std::string name;
    int64_t fixedBytes, rowBytes; // scratch: fixedBytes + rowBytes * capacity
  };
  std::vector<Tensor> tensors;     // by offset
  std::vector<Function> functions; // in program order
  int64_t persistentBytes = 0;

  /// Scratch that serves every function for batches of up to `capacity` rows.
  int64_t scratchBytes(int64_t capacity) const;
};

mlir::LogicalResult planMemory(mlir::ModuleOp module);

/// Reads the plan of a planned module.
MemoryPlan memoryPlanOf(mlir::ModuleOp module);

/// planMemory() as a pass: `nn-plan-memory`.
std::unique_ptr<mlir::Pass> createPlanMemoryPass();

} // namespace nnc
