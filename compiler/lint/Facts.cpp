// Reading facts from documentation comments.
#include "compiler/lint/Facts.h"

#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace nnc::lint {

std::optional<StringRef> factOf(const ast::Decl *decl, StringRef key) {
  if (!decl)
    return std::nullopt;
  for (StringRef line : llvm::split(decl->doc, '\n')) {
    line = line.trim();
    if (!line.consume_front("@"))
      continue;
    auto [word, value] = line.split(' ');
    if (word == key)
      return value.trim();
  }
  return std::nullopt;
}

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
