// Comments `# nolint: name, name why`: the lints that a line does not want to hear of.
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

  /// The names as they were written: where each stands, and what of a comment names nothing.
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
