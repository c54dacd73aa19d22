// The folders in which relative paths start. A session of the REPL joins parts of files from
// several folders into one text.
#pragma once

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/SMLoc.h"

#include <string>
#include <utility>
#include <vector>

namespace nnc::sema {

/// Maps places (in ascending order) to folders: from each place on, relative paths start in that
/// folder. "" is the folder of the program itself.
struct Folders {
  std::vector<std::pair<const char *, std::string>> starts;

  /// `path`, written at `at`, relative to the folder of the program.
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
