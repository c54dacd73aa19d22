// The abstract syntax tree of one source text. parse/ builds the nodes; sema/ reads them.
#pragma once
#include "compiler/ast/Decl.h"
#include <vector>

namespace nnc::ast {

/// One parsed text. Owns its nodes; its ranges and some of its strings point into the source
/// buffer, so the Diagnostics (which owns the buffers) must outlive it.
struct Program {
  Arena arena;
  unsigned buffer = 0;               ///< the source manager's id of the text
  llvm::ArrayRef<Stmt *> statements; ///< declarations and runs, in source order

  Program() = default;
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;
};

/// The drawn lets (`let … ~ …`) in the blocks of its search and compare statements.
std::vector<const LetDecl *> drawnLets(const Program &program);

} // namespace nnc::ast
