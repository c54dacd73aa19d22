// Where paths start: an interactive session holds parts of files from several folders in one text.
#pragma once

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SMLoc.h"

#include <string>
#include <utility>
#include <vector>

namespace nnc::sema {

/// From each of these places on (in ascending order), relative paths start in that folder; "" is
/// the program's own.
struct Folders {
  std::vector<std::pair<const char *, std::string>> starts;

  /// `path`, written at `at`, as it is from the program's folder.
  std::string pathAt(llvm::SMLoc at, llvm::StringRef path) const {
    llvm::StringRef folder;
    for (const auto &[from, name] : starts)
      if (from <= at.getPointer())
        folder = name;
    if (folder.empty() || path.empty() || llvm::sys::path::is_absolute(path))
      return path.str();
    llvm::SmallString<256> full(folder);
    llvm::sys::path::append(full, path);
    return full.str().str();
  }
};

} // namespace nnc::sema
