// Names, lists and counts as messages show them.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>
#include <vector>

namespace nnc::sema {

/// `x` in backquotes.
std::string quoted(llvm::StringRef name);
/// "a, b and c"
std::string listed(llvm::ArrayRef<llvm::StringRef> names, llvm::StringRef conjunction = "and");
/// "1 argument", "3 rows"
std::string counted(uint64_t n, llvm::StringRef noun);

/// The names of things that have one, in their order. They point into `things`.
template <typename Things> std::vector<llvm::StringRef> namesOf(const Things &things) {
  std::vector<llvm::StringRef> names;
  for (const auto &thing : things)
    names.push_back(thing.name);
  return names;
}

} // namespace nnc::sema
