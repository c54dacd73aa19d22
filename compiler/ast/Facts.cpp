// Reading facts from documentation comments.
#include "compiler/ast/Facts.h"

#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

std::optional<StringRef> nnc::ast::factOf(const Decl *decl, StringRef key) {
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
