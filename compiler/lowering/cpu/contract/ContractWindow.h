// Rows of a tile that slide along a summed dim, as a convolution's do.
#pragma once

#include "compiler/lowering/cpu/contract/ContractPlan.h"
#include "compiler/lowering/cpu/contract/ContractTile.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

namespace nnc {

/// Rows that lie along a window, or along a summed dim that one slides over: an element of the
/// scalars' operand then serves several steps, and LLVM keeps all of them that unrolled steps see
/// in registers.
struct Window {
  int64_t rows = 0;   // rows along it; 0 if there are none
  int64_t others = 1; // rows of the other dims: each has a window of its own
  bool pairs = false; // they are paired
  int64_t steps = 0;  // extent of the innermost summed dim

  Window(const ContractShape &shape, const ContractPlan &plan) {
    llvm::SmallVector<unsigned> summed = shape.summedDims();
    if (summed.empty())
      return;
    const ContractDim &inner = shape.dims[summed.back()];
    steps = inner.batch ? std::numeric_limits<int64_t>::max() : inner.size;
    for (auto [d, dim] : llvm::enumerate(shape.dims)) {
      if (!plan.isRow(dim) || plan.tile[d] == 1)
        continue;
      if (dim.stride(1 - plan.vectors) == inner.stride(1 - plan.vectors))
        rows = plan.tile[d], pairs = plan.pairs;
      else
        others *= plan.tile[d];
    }
  }

  /// Elements that a step leaves to the next one.
  int64_t kept() const {
    if (!rows)
      return 0;
    // Pairs meet those of the step before the last one.
    return others * (pairs ? 2 * (int64_t(pairStarts(rows).size()) - 1) : rows - 1);
  }
  /// Elements that all steps together see (6 rows and a window of 3: 8), where they are written
  /// out.
  int64_t seen() const { return rows && steps <= wholeUnroll ? others * (rows + steps - 1) : 0; }
};

} // namespace nnc
