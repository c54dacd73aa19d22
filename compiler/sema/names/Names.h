// Resolves names: what a name means in its context.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

/// What a name means in its context.
struct Target {
  enum Kind { Unknown, Local, Declaration, Ambient, Structural, Elementwise };
  Kind kind = Unknown;
  const sema::Local *local = nullptr;
  const ast::Decl *decl = nullptr;
  const Builtin *builtin = nullptr;
  unsigned arity = 0; // Elementwise

  bool isDecl(ast::StmtKind k) const { return kind == Declaration && decl->kind == k; }
};

class NameResolver : Checker {
public:
  using Checker::Checker;

  Target lookUp(llvm::StringRef name, const Scope &scope, bool callee = false) const;
  /// Records that the declaration of `scope` needs `decl`, for the search for cycles.
  void use(const ast::Decl *decl, Range where, const Scope &scope);
  /// Adds a name to its block, unless the block has it already.
  void addLocal(const Ident &name, LocalKind kind, Scope &scope);
};

} // namespace nnc::sema
