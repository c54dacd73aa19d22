// Differentiate: replaces every gradient request by the ops that compute the gradients.
//
// In:  func.funcs of pure ops in one block each, with gradient requests (GradientRequestOp).
// Out: the same functions without requests and markers (AutodiffMarkerOp). Requests are expanded in
//      program order, so a gradient may be differentiated again.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace nnc {

/// The gradients of `y` (rank 0) with respect to `wrt`, as ops inserted at b's insertion point,
/// which must be after y in y's block. The results have the types of `wrt`; they are zero where y
/// does not depend on a value. If there is an op without a derivative on the way, emits an error
/// there with a note at `requestLoc`, and fails.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
buildGradients(mlir::OpBuilder &b, mlir::Location requestLoc, mlir::Value y, mlir::ValueRange wrt);

/// Expands all requests in `function`, then removes its markers. After an error, the function is
/// unusable.
mlir::LogicalResult differentiate(mlir::func::FuncOp function);

/// differentiate() for every function of a module: the pass `nn-differentiate`.
std::unique_ptr<mlir::Pass> createDifferentiatePass();

} // namespace nnc
