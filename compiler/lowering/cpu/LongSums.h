// Splits long sums into blocks. A sequential sum of n terms loses up to n/2 units in the last
// place. Blocks of a fixed number of terms that are added without loss (nn::addCompensated) lose
// only as much as one block, for any n. The split depends only on shapes, so plans, fusion and the
// number of threads cannot change any bit.
#pragma once

#include "compiler/dialect/LongSums.h"
#include "compiler/lowering/cpu/KernelEmitter.h"

namespace nnc {

/// The terms in a block. A sum of equal f32 numbers then has an error of at most 8e-6, and the
/// compensated addition after every 512 terms costs little.
constexpr int64_t blockTerms = 512;
/// Sums of at most this many terms, if the number is known, are not split: those in layers of usual
/// size.
constexpr int64_t longSum = 1024;

/// One loop of a nest over the terms of a sum.
struct SumLevel {
  int64_t known;     // number of iterations; -1: only `value` is known
  mlir::Value value; // the same number as an `index` value
};

/// The split of a nest of loops, outermost first. Loops outside `level` run unchanged. A block is
/// `each` iterations of `level`; that is more than one, unless `level` is the innermost.
struct SumBlocks {
  unsigned level;
  int64_t each;
};

/// None if the sum is certainly short.
std::optional<SumBlocks> blocksOf(llvm::ArrayRef<SumLevel> levels);

} // namespace nnc
