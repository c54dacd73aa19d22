// A contraction as the tile generator sees it: a nest of loops with three strides each.
//
// All tensors are row-major and every map is linear, so the address of an element is a base plus
// the sum of index * stride over the loops. The kind of op (matrix product, convolution, one of
// their gradients) no longer matters:
//   summed      not in the result
//   group       in both operands and the result (a batched product)
//   left/right  row or column: in the result and in one operand; the plan decides which operand's
//               loops become lanes
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc {

struct ContractDim {
  int64_t size = 1;   // the extent; per example if `batch`
  bool batch = false; // the extent is size * rows
  bool summed = false;
  int64_t left = 0, right = 0, out = 0; // strides in elements; 0: the tensor does not vary along it
  llvm::SmallVector<unsigned, 2>
      loops; // the loops of the contraction that it represents, outer to inner

  /// The stride in operand 0 (left) or 1 (right).
  int64_t stride(unsigned operand) const { return operand ? right : left; }
  bool isGroup() const { return !summed && left && right; }
};

/// How far apart the rows of a kernel's tensors are, if that is further than their size
/// (Buffer::pitch).
struct ContractPitch {
  int64_t left = 0, right = 0; // of the operands, in elements; 0: the size of a row
  bool any = false;            // for any tensor that the kernel reads or writes
};

struct ContractShape {
  /// There are no dims of extent 1, and neighbouring dims that are contiguous in all tensors are
  /// merged. The dims of the result come first, in the order of the result. The summed dims follow
  /// in the order in which products are added.
  llvm::SmallVector<ContractDim> dims;
  /// The extent of each loop of the op (-1: the batch).
  llvm::SmallVector<int64_t> loopSizes;
  /// For each loop of the op that is in the result: the entry of the result's index that it counts,
  /// and its step.
  struct OutEntry {
    unsigned entry = 0;
    int64_t step = 0;
  };
  llvm::SmallVector<OutEntry> outEntries;
  /// If the left operand is a padded tensor along which a window slides: products outside first <=
  /// (the sum of the indices of both dims) < limit are zero and may be skipped.
  struct Band {
    unsigned result, summed; // dims
    int64_t first, limit;

    /// For `count` positions starting at `from`: how many of a window's `steps` must not be
    /// skipped.
    int64_t steps(int64_t from, int64_t count, int64_t steps) const {
      return std::max<int64_t>(0, std::min(steps, limit - from) -
                                      std::max<int64_t>(0, first - (from + count - 1)));
    }
  };
  llvm::SmallVector<Band> bands;
  /// The batch size for which costs are estimated: the function's `nn.rows`, or 64. Plans are valid
  /// for every batch size.
  int64_t rows = 64;
  /// Bits per element.
  unsigned bits = 32;

  explicit ContractShape(nn::ContractionOp op, ContractPitch pitch = {});

  /// The part of a band's products that tiles of `tile` positions compute.
  double neededPart(const Band &band, int64_t tile) const;
  /// The part of all products that are not with padding.
  double neededPart() const;
  /// The band that contains `summed`, or null.
  const Band *bandOf(unsigned summed) const;
  /// The summed dims, outer to inner.
  llvm::SmallVector<unsigned> summedDims() const;

private:
  void findBands(nn::ContractionOp op);
};

/// The attribute of kern.fused with the part of its contraction's left operand that is not padding
/// (PullOp::getNonZeroPart).
constexpr llvm::StringLiteral nonZeroPartName = "kern.non_zero";

} // namespace nnc
