// rememberEvery: a scan that keeps its states every k steps for the gradient, and computes what is
// between them again.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc::nn {

/// Replaces the uses of `scan` by those of scans that compute the same values, bit for bit, but
/// keep less for the gradient: the states before every k-th step. The gradient then computes k
/// steps at a time again. Memory grows with T / k + k instead of T, which is the least for k = √T.
/// Erases `scan` if it is replaced. Returns its values, or those that replace them.
///
/// The scan of T steps becomes one of T / k steps with `recompute`, whose block is a scan of k
/// steps; what is left of T is a scan of its own after it.
llvm::SmallVector<mlir::Value> rememberEvery(ScanOp scan, int64_t k);

} // namespace nnc::nn
