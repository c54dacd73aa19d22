// PlanMemory: assigns a place in memory to every tensor (see nn_call in runtime/abi.h).
//
// In:  scheduled functions of kern ops.
// Out: a `kern.place` on every argument and `places` on every kernel; on the module nn.offsets
//      (tensor name -> byte offset in the arena), nn.sizes (tensor name -> bytes) and
//      nn.persistent_bytes; on each function nn.fixed_bytes, nn.row_bytes and, if
//      shapes have the batch twice, nn.square_bytes.
//
// The persistent tensors of all functions share one layout. Kernel results that are returned are
// written directly to the caller's memory or to the persistent tensor. All others are in scratch,
// where a place is reused as soon as its value is dead, even by the same kernel if that reads and
// writes the same elements. The new value of a tensor is written in place if no later kernel reads
// the old one and the guard has passed. Otherwise it is computed in scratch and copied last.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>
#include <string>
#include <vector>

namespace mlir {
class ModuleOp;
}

namespace nnc {

/// The memory plan of a module, for tables and for --emit=plan. Sizes are in bytes.
struct MemoryPlan {
  struct Tensor {
    std::string name;
    int64_t offset, bytes;
  };
  struct Function {
    std::string name;
    int64_t fixedBytes, rowBytes, squareBytes;
    /// The scratch for batches of up to `capacity` rows.
    int64_t bytes(int64_t capacity) const {
      return fixedBytes + (rowBytes + squareBytes * capacity) * capacity;
    }
  };
  std::vector<Tensor> tensors;     // by offset
  std::vector<Function> functions; // in program order
  int64_t persistentBytes = 0;

  /// The scratch size that suffices for every function with batches of up to `capacity` rows.
  int64_t scratchBytes(int64_t capacity) const;
};

mlir::LogicalResult planMemory(mlir::ModuleOp module);

/// Reads the plan of a planned module.
MemoryPlan memoryPlanOf(mlir::ModuleOp module);

/// planMemory() as a pass: `nn-plan-memory`.
std::unique_ptr<mlir::Pass> createPlanMemoryPass();

} // namespace nnc
