// Row panels: kernels that treat each example by itself run one after another on a few examples at
// a time, so that what they pass on stays in the first-level cache. Softmax, cross-entropy and
// normalisation over features are such chains.
//
// The kernels keep their code: a panel is a call with the addresses of its first example and a
// smaller batch. Threads share panels, and need not meet between the kernels of one. Elements are
// computed as ever, so no number changes.
#pragma once

#include "compiler/dialect/kern/Kern.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// Marks runs of two or more neighbouring kernels as panels: each gets the attribute `kern.panel =
/// [group, rows]`, the number of the run in its function and the examples in one panel.
std::unique_ptr<mlir::Pass> createRowPanelsPass();

struct RowPanel {
  int64_t group, rows;
};
/// What the attribute of a kernel says, if it has one.
std::optional<RowPanel> panelOf(kern::FusedOp kernel);
constexpr llvm::StringLiteral rowPanelName = "kern.panel";

/// Whether each example's results follow from that example and the batch's size: no op sums over
/// the batch, looks at another example or computes with its number (as random numbers do).
bool isRowWise(kern::FusedOp kernel);

/// Bytes of one example of a tensor, or 0 if it is not batched.
int64_t rowBytes(mlir::Type type);

} // namespace nnc
