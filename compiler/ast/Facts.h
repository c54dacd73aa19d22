// Facts that declarations state in lines of their documentation: `## @key value`. lint/Facts.h lists those for lints; of irgen's there is
//   fn, layer, init, optimizer   @within NAME A .. B   an argument that is known before the run must be from A to B
#pragma once

#include "compiler/ast/Ast.h"

#include <vector>

namespace nnc::ast {

/// The values of a fact, in order, "" for a line without; none where `decl` (which may be null) does not state it.
std::vector<llvm::StringRef> factsOf(const Decl *decl, llvm::StringRef key);

/// `NAME A .. B`.
struct NamedRange {
  llvm::StringRef name;
  double least, most;
};
/// The ranges that `decl` states under `key`; what does not read as one is left out.
std::vector<NamedRange> rangesOf(const Decl *decl, llvm::StringRef key);

} // namespace nnc::ast
