// blocksOf.
#include "compiler/lowering/cpu/LongSums.h"

namespace nnc {

std::optional<SumBlocks> blocksOf(llvm::ArrayRef<SumLevel> levels) {
  int64_t all = 1;
  for (const SumLevel &level : levels)
    all = level.known < 0 || all < 0 ? -1 : all * level.known;
  if (levels.empty() || (all >= 0 && all <= longSum))
    return std::nullopt;
  // The outermost level of which a single run is no more than a block.
  unsigned cut = levels.size() - 1;
  int64_t inner = 1;
  while (cut > 0 && levels[cut].known >= 0 && inner * levels[cut].known <= blockTerms)
    inner *= levels[cut--].known;
  int64_t each = std::max<int64_t>(1, blockTerms / inner);
  if (int64_t known = levels[cut].known; known > 0) // blocks of about one size
    each = llvm::divideCeil(known, llvm::divideCeil(known, each));
  // One run of a level is all of the next.
  for (; each == 1 && cut + 1 < levels.size(); ++cut)
    each = levels[cut + 1].known;
  return SumBlocks{cut, each};
}

} // namespace nnc
