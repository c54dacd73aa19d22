// Checks declarations and the rules of each kind.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class DeclChecker : Checker {
public:
  using Checker::Checker;

  /// Makes the declarations of a program known by name.
  void collect(const ast::Program &program, bool prelude);
  /// `outer`: the scope around the declaration, or null.
  void check(const ast::Decl &decl, const Scope *outer, bool prelude);
  void checkLet(const ast::LetDecl &decl, Scope &scope);
  void checkShape(const ast::Shape *shape, Scope &scope);

private:
  void declare(const Ident &name, const ast::Decl *decl, bool prelude);
  void checkParameters(llvm::ArrayRef<ast::Parameter> params, Scope &scope);
  void checkShapes(llvm::ArrayRef<ast::Parameter> params, Scope &scope);
  void checkOption(const ast::OptionDecl &decl);
};

} // namespace nnc::sema
