// Facts that declarations state in lines of their documentation: `## @key value`.
// compiler/lint/Facts.h lists those that lints read, and grammar/LANGUAGE.md all of them. Of
// irgen's there is
//   fn, layer, init, optimizer   @within NAME A .. B   an argument that is known before the run
//   must be from A to B
#pragma once

#include "compiler/ast/Ast.h"

#include <optional>
#include <vector>

namespace nnc::ast {

/// The values of a fact, in order, "" for a line without; none where `decl` (which may be null)
/// does not state it.
std::vector<llvm::StringRef> factsOf(const Decl *decl, llvm::StringRef key);

/// The first of them, or nothing.
std::optional<llvm::StringRef> factOf(const Decl *decl, llvm::StringRef key);

/// `NAME A .. B`.
struct NamedRange {
  llvm::StringRef name;
  double least, most;
};
/// The ranges that `decl` states under `key`; what does not read as one is left out.
std::vector<NamedRange> rangesOf(const Decl *decl, llvm::StringRef key);

} // namespace nnc::ast
