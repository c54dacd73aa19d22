// Reads facts from the documentation of declarations: lines `## @key value`.
// compiler/lint/Facts.h lists the facts that lints read, grammar/LANGUAGE.md lists all. irgen reads
//   fn, layer, init, optimizer
//     @within NAME A .. B   the argument NAME must be from A to B, if it is known before the run
#pragma once

#include "compiler/ast/Ast.h"

#include <optional>
#include <vector>

namespace nnc::ast {

/// The values of a fact, in order; "" for a line without a value. Empty if `decl` (which may be
/// null) does not state the fact.
std::vector<llvm::StringRef> factsOf(const Decl *decl, llvm::StringRef key);

/// The first of these values, or nothing.
std::optional<llvm::StringRef> factOf(const Decl *decl, llvm::StringRef key);

/// `NAME A .. B`.
struct NamedRange {
  llvm::StringRef name;
  double least, most;
};
/// The ranges that `decl` states under `key`. Values that are not ranges are ignored.
std::vector<NamedRange> rangesOf(const Decl *decl, llvm::StringRef key);

} // namespace nnc::ast
