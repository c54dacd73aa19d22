// Rows of a tile that slide along a summed dim, as in a convolution.
#pragma once

#include "compiler/lowering/cpu/contract/ContractPlan.h"
#include "compiler/lowering/cpu/contract/ContractTile.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

namespace nnc {

/// Rows along a window, or along a summed dim over which a window slides. Each element of the
/// scalars' operand is then used in several steps, and LLVM keeps all elements that unrolled steps
/// use in registers.
struct Window {
  int64_t rows = 0;   // rows along it; 0 if there are none
  int64_t others = 1; // rows of the other dims; each has a separate window
  bool pairs = false; // the rows are paired
  int64_t steps = 0;  // the extent of the innermost summed dim

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

  /// The number of elements that a step leaves for the next one.
  int64_t kept() const {
    if (!rows)
      return 0;
    // Pairs reuse those of the last step but one.
    return others * (pairs ? 2 * (int64_t(pairStarts(rows).size()) - 1) : rows - 1);
  }
  /// The number of elements that all steps together read (6 rows and a window of 3: 8), if they are
  /// unrolled.
  int64_t seen() const { return rows && steps <= wholeUnroll ? others * (rows + steps - 1) : 0; }
};

} // namespace nnc
