// Differentiate: replaces every request for gradients by the ops that compute them.
//
// In:  func.funcs of pure ops in one block each, with gradient requests (GradientRequestOp).
// Out: the same functions without requests and markers (AutodiffMarkerOp). Requests are expanded in
// program order,
//      so a gradient may be differentiated again.
#pragma once

#include "mlir/IR/Builders.h"
#include "mlir/Pass/Pass.h"
#include <memory>

namespace mlir::func {
class FuncOp;
}

namespace nnc {

/// The gradients of `y` (rank 0) with respect to `wrt`, as ops inserted at b's insertion point,
/// which must come after y in y's block. The result has wrt's types; zeros where y does not depend
/// on a value. Fails with an error at an op without a derivative that lies on the way, and a note
/// at `requestLoc`.
mlir::FailureOr<llvm::SmallVector<mlir::Value>>
buildGradients(mlir::OpBuilder &b, mlir::Location requestLoc, mlir::Value y, mlir::ValueRange wrt);

/// Expands all requests in `function`, then forwards its markers. Errors are emitted; the function
/// is then unusable.
mlir::LogicalResult differentiate(mlir::func::FuncOp function);

/// differentiate() for every function of a module: `nn-differentiate`.
std::unique_ptr<mlir::Pass> createDifferentiatePass();

} // namespace nnc
