// Facts that declarations state in their documentation: a line `## @like relu`, a key and its value. compiler/lint/Facts.h lists those that
// lints read; grammar/LANGUAGE.md has all of them.
#pragma once

#include "compiler/ast/Ast.h"

#include <optional>

namespace nnc::ast {

/// The value of a fact, "" for one without, or nothing where `decl` (which may be null) does not state it.
std::optional<llvm::StringRef> factOf(const Decl *decl, llvm::StringRef key);

} // namespace nnc::ast
