// Reading facts from documentation comments.
#include "compiler/lint/Facts.h"

using llvm::StringRef;

namespace nnc::lint {

std::optional<StringRef> factOf(const ast::Decl *decl, StringRef key) {
  const std::vector<StringRef> facts = ast::factsOf(decl, key);
  return facts.empty() ? std::nullopt : std::optional(facts.front());
}

std::optional<UsualRange> usualRangeOf(const ast::Decl *decl) {
  const std::vector<UsualRange> ranges = ast::rangesOf(decl, "usual");
  return ranges.empty() ? std::nullopt : std::optional(ranges.front());
}

} // namespace nnc::lint
