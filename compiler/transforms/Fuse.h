// Fuse: decides which ops share a kernel.
//
// In:  func.funcs of nn ops and loops in one block each, simplified, without gradient requests and
// markers. Out: the same functions as kern.fused, kern.view, loops and return, in an order that
// respects values.
//      Every returned value is a kernel's own result (or a view of it), and is returned once.
//
// What is fused (decided by the ops' interfaces only):
//   - An op that is cheap to compute at any index (constants, broadcasts, a slice, one addition on
//     one tensor) is repeated inside each kernel that uses it. How expensive it may be depends on
//     the cost of writing the value and reading it again; operands that are small in comparison (a
//     channel's mean) are not counted. Numbers of rank 0 are repeated too, unless they are
//     expensive and several kernels need them: then one kernel computes all of them.
//   - An elementwise op joins the kernel that computes one of its operands if both have the same
//     index space: as the epilogue of a contraction or reduction, or in one pointwise kernel with
//     several results.
//   - A value that only a reduction reads is computed inside it. Reductions of the same shape over
//     common operands share one kernel.
//   - A reshape of a value in memory is a view.
// A loop is no kernel: it stays, its operands and results are in memory, and its block is fused
// like a function. What is not fused: the operands of a contraction are in memory (they are read
// many times). A kernel has one contraction, or reductions over equal dims. The new value of a
// persistent tensor is not computed in a kernel that the guard's value needs.
#pragma once

#include "compiler/machine/MachineModel.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace nnc {

struct FuseOptions {
  /// Makes every op a kernel of its own: the reference for tests. The results are the same, bit for
  /// bit.
  bool unfused = false;
};

mlir::LogicalResult fuse(mlir::func::FuncOp function, const FuseOptions &options,
                         const MachineModel &machine);

/// fuse() for every function of a module: the pass `nn-fuse`.
std::unique_ptr<mlir::Pass> createFusePass(const FuseOptions &options = {},
                                           const MachineModel &machine = {});

} // namespace nnc
