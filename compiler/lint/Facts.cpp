// Reads the facts that have a form of their own.
#include "compiler/lint/Facts.h"

using llvm::StringRef;

namespace nnc::lint {

std::optional<UsualRange> usualRangeOf(const ast::Decl *decl) {
  const std::vector<UsualRange> ranges = ast::rangesOf(decl, "usual");
  return ranges.empty() ? std::nullopt : std::optional(ranges.front());
}

} // namespace nnc::lint
