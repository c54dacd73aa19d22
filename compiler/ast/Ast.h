// The abstract syntax tree of one source text: plain nodes without behaviour, built by parse/, read
// by sema/.
#pragma once
#include "compiler/ast/Decl.h"
#include <vector>

namespace nnc::ast {

/// One parsed text. Owns its nodes; its ranges and some of its strings point into the source
/// buffer, so the Diagnostics (which owns the buffers) must outlive it.
struct Program {
  Arena arena;
  unsigned buffer = 0;               ///< the source manager's number of the text
  llvm::ArrayRef<Stmt *> statements; ///< declarations and runs, in the order of the text

  Program() = default;
  Program(const Program &) = delete;
  Program &operator=(const Program &) = delete;
};

/// The `let … ~ …` in the blocks of its experiments.
std::vector<const LetDecl *> drawnLets(const Program &program);

} // namespace nnc::ast
