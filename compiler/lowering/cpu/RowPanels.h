// Row panels: kernels that process each example separately are called one after another for a few
// examples at a time, so that the values they pass on stay in the first-level cache. Softmax,
// cross-entropy and normalisation over features are such chains.
//
// The code of the kernels does not change: a panel is a call with the addresses of its first
// example and a smaller batch. Panels are distributed among threads, which need no barriers between
// the kernels of a panel. Elements are computed as before, so no result changes.
#pragma once

#include "compiler/dialect/kern/Kern.h"
#include "compiler/machine/MachineModel.h"

#include "mlir/Pass/Pass.h"
#include <memory>

namespace nnc {

/// Marks runs of two or more neighbouring kernels as panels. Each gets the attribute `kern.panel =
/// [group, rows]`: the number of the run in its function, and the examples per panel.
std::unique_ptr<mlir::Pass> createRowPanelsPass(const MachineModel &target = {});

struct RowPanel {
  int64_t group, rows;
};
/// The attribute of a kernel, if it has one.
std::optional<RowPanel> panelOf(kern::FusedOp kernel);
constexpr llvm::StringLiteral rowPanelName = "kern.panel";

/// Whether the results of each example depend only on that example and the batch size: no op sums
/// over the batch, reads another example or uses the number of the example (as random numbers do).
bool isRowWise(kern::FusedOp kernel);

/// The bytes of one example of a tensor, or 0 if it is not batched.
int64_t rowBytes(mlir::Type type);
/// The bytes from one example of a tensor at `place` to the next, or 0 if it is not batched.
int64_t rowDistance(kern::PlaceAttr place, mlir::Type type);

} // namespace nnc
