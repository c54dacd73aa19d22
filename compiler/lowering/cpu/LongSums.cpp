// Implements blocksOf().
#include "compiler/lowering/cpu/LongSums.h"

namespace nnc {

std::optional<SumBlocks> blocksOf(llvm::ArrayRef<SumLevel> levels) {
  int64_t all = 1;
  for (const SumLevel &level : levels)
    all = level.known < 0 || all < 0 ? -1 : all * level.known;
  if (levels.empty() || (all >= 0 && all <= longSum))
    return std::nullopt;
  // Find the outermost level at which a single run is at most one block.
  unsigned cut = levels.size() - 1;
  int64_t inner = 1;
  while (cut > 0 && levels[cut].known >= 0 && inner * levels[cut].known <= blockTerms)
    inner *= levels[cut--].known;
  int64_t each = std::max<int64_t>(1, blockTerms / inner);
  if (int64_t known = levels[cut].known; known > 0) // make the blocks about equal in size
    each = llvm::divideCeil(known, llvm::divideCeil(known, each));
  // One run of a level is the whole next level.
  for (; each == 1 && cut + 1 < levels.size(); ++cut)
    each = levels[cut + 1].known;
  return SumBlocks{cut, each};
}

} // namespace nnc
