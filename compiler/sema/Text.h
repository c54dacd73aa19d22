// Names, lists and counts as messages show them.
#pragma once

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <string>

namespace nnc::sema {

/// `x` in backquotes.
std::string quoted(llvm::StringRef name);
/// "a, b and c"
std::string listed(llvm::ArrayRef<llvm::StringRef> names, llvm::StringRef conjunction = "and");
/// "1 argument", "3 rows"
std::string counted(uint64_t n, llvm::StringRef noun);

} // namespace nnc::sema
