// Fuse: decides which ops share a kernel.
//
// In:  func.funcs of nn ops in one block each, simplified, without gradient requests and markers.
// Out: the same functions as kern.fused, kern.view and return, in an order that respects values.
// Every returned value
//      is a kernel's own result (or a view of it), returned once.
//
// What is fused, asking the ops' interfaces only:
//   - an op that is cheap to compute at any index (constants, broadcasts, a slice, one addition on
//   one tensor) is
//     repeated inside each kernel that uses it; how cheap depends on what it would cost to write
//     the value and read it again, and operands that are small beside it (a channel's mean) count
//     nothing. So are numbers of rank 0, unless they are costly and of use to several kernels: then
//     one kernel computes all of them;
//   - an elementwise op joins the kernel that makes one of its operands when both have the same
//   index space: as the epilogue
//     of a contraction or reduction, or in one pointwise kernel with several results;
//   - what only a reduction reads is computed inside it; reductions of the same shape over
//   something in common
//     share one kernel;
//   - a reshape of something in memory is a view.
// What is not: a contraction's operands are in memory (they are read many times); a kernel has one
// contraction, or reductions over equal dims; a persistent tensor's new value is not computed in a
// kernel that the guard's value needs.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace nnc {

struct FuseOptions {
  /// Every op is a kernel of its own: the reference for tests. The numbers are the same, to the
  /// last bit.
  bool unfused = false;
};

mlir::LogicalResult fuse(mlir::func::FuncOp function, const FuseOptions &options);

/// fuse() for every function of a module: `nn-fuse`.
std::unique_ptr<mlir::Pass> createFusePass(const FuseOptions &options = {});

} // namespace nnc
