// Reads facts from documentation comments.
#include "compiler/ast/Facts.h"

#include "compiler/support/Numbers.h"

#include "llvm/ADT/StringExtras.h"

using llvm::StringRef;

namespace nnc::ast {

std::vector<StringRef> factsOf(const Decl *decl, StringRef key) {
  std::vector<StringRef> facts;
  if (!decl)
    return facts;
  for (StringRef line : llvm::split(decl->doc, '\n')) {
    line = line.trim();
    if (!line.consume_front("@"))
      continue;
    auto [word, value] = line.split(' ');
    if (word == key)
      facts.push_back(value.trim());
  }
  return facts;
}

std::optional<StringRef> factOf(const Decl *decl, StringRef key) {
  const std::vector<StringRef> facts = factsOf(decl, key);
  return facts.empty() ? std::nullopt : std::optional(facts.front());
}

std::vector<NamedRange> rangesOf(const Decl *decl, StringRef key) {
  std::vector<NamedRange> ranges;
  for (StringRef text : factsOf(decl, key)) {
    auto [name, range] = text.split(' ');
    auto [least, most] = range.split("..");
    NamedRange stated{name, 0, 0};
    if (readNumber(least.trim(), stated.least) && readNumber(most.trim(), stated.most))
      ranges.push_back(stated);
  }
  return ranges;
}

} // namespace nnc::ast
