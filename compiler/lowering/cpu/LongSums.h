// Where a long sum is cut into blocks. A sum of n terms one after another loses up to n/2 units in
// the last place; blocks of a fixed number of terms, put together without loss
// (nn::addCompensated), lose as much as one block whatever n is. What is cut, and where, follows
// from shapes alone, so that no plan, fusion or number of threads can change a bit.
#pragma once

#include "compiler/dialect/LongSums.h"
#include "compiler/lowering/cpu/KernelEmitter.h"

namespace nnc {

/// Terms of a block: a sum of equal f32 numbers is then right to 8e-6 at worst, and one add in 512
/// is not the loop's.
constexpr int64_t blockTerms = 512;
/// Sums of no more terms, where their number is known, are taken in one go: those of layers of
/// usual size.
constexpr int64_t longSum = 1024;

/// One loop of a nest over the terms of a sum.
struct SumLevel {
  int64_t known;     // how often it runs; -1: only `value` knows
  mlir::Value value; // the same as `index`
};

/// The cut of a nest of loops, outermost first: loops outside of `level` run as they are, and a
/// block is `each` runs of `level`: more than one, unless that is the innermost.
struct SumBlocks {
  unsigned level;
  int64_t each;
};

/// None where the sum is short for certain.
std::optional<SumBlocks> blocksOf(llvm::ArrayRef<SumLevel> levels);

} // namespace nnc
