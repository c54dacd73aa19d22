// Schedule: the order in which kernels run.
//
// In:  functions of kern.fused, kern.view and return (Fuse).
// Out: the same, reordered: first what the guard's value needs, then a kern.guard (if the function
//      has `nn.guard`), then the rest in program order. Kernels that read the old value of a
//      persistent tensor come before the kernel that computes its new value, if values allow it:
//      that kernel can then write in place.
#pragma once

#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace nnc {

void schedule(mlir::func::FuncOp function);

/// schedule() for every function of a module: the pass `nn-schedule`.
std::unique_ptr<mlir::Pass> createSchedulePass();

} // namespace nnc
