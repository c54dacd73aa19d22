// The names of the splits of data sets.
#pragma once

#include "compiler/support/Program.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/StringRef.h"

#include <optional>

namespace nnc::sema {

/// The names, in the order of program::split.
llvm::ArrayRef<llvm::StringRef> splitNames();
/// The split of that name, or nothing.
std::optional<program::split> findSplit(llvm::StringRef name);

} // namespace nnc::sema
