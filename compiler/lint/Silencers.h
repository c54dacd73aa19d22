// Comments `# nolint: name, name why`, which silence lints on their line.
#pragma once

#include "compiler/support/Source.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/SourceMgr.h"

#include <vector>

namespace nnc::lint {

class Silencers {
public:
  /// Reads the comments of a buffer.
  Silencers(const llvm::SourceMgr &sources, unsigned buffer);

  /// Whether a line of `range` silences `lint`.
  bool silence(llvm::StringRef lint, Range range) const;

  /// The names as written, with their places. A comment that names nothing has an empty name.
  struct Named {
    llvm::StringRef name;
    Range range;
  };
  llvm::ArrayRef<Named> names() const { return all; }

private:
  llvm::StringRef text;
  std::vector<Named> all;
};

} // namespace nnc::lint
