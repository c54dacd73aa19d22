// Reading facts that have a form of their own.
#include "compiler/lint/Facts.h"

using llvm::StringRef;

namespace nnc::lint {

std::optional<UsualRange> usualRangeOf(const ast::Decl *decl) {
  std::optional<StringRef> text = factOf(decl, "usual");
  if (!text)
    return std::nullopt;
  auto [name, range] = text->split(' ');
  auto [least, most] = range.split("..");
  UsualRange usual{name, 0, 0};
  if (least.trim().getAsDouble(usual.least) || most.trim().getAsDouble(usual.most))
    return std::nullopt;
  return usual;
}

} // namespace nnc::lint
