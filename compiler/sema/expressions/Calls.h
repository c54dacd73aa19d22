// Checks calls and what is applied by a pipe: callees, and the values of arguments.
#pragma once

#include "compiler/sema/expressions/Arguments.h"
#include "compiler/sema/names/Names.h"

namespace nnc::sema {

class CallChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::CallExpr &call, const Scope &scope, unsigned piped);
  void checkApplied(const ast::Expr *expr, const Scope &scope);
  void checkArgumentValues(llvm::ArrayRef<ast::Argument> args, const Scope &scope,
                           const Target *target);
  /// Checks `expr` where a declaration of one kind is needed, by name or in a call: `optimizer =
  /// adam(…)`, `~ he`.
  void checkKind(const ast::Expr *expr, const Scope &scope, ast::StmtKind wanted);

private:
  /// A name and what it is applied to: in a call, or by a pipe alone.
  struct Applied {
    const ast::NameExpr &name;
    llvm::ArrayRef<ast::Argument> args;
    Range where;
    unsigned piped;

    llvm::StringRef text() const { return name.name.text; }
  };
  void checkDataCall(const ast::CallExpr &call, const ast::FieldExpr &field,
                     const ast::DataDecl &data, const Scope &scope);
  void checkCallee(const Target &target, const Applied &use, const Scope &scope);
  void checkLocal(const Local &local, const Applied &use);
  void checkElementwise(unsigned arity, const Applied &use);
  void checkDeclared(const ast::Decl &decl, const Applied &use);
  void checkLayer(const ast::LayerDecl &layer, const Applied &use);
  void checkParameters(llvm::ArrayRef<ast::Parameter> params, const ast::Decl &decl,
                       const Applied &use, unsigned piped);
  void notCallable(const llvm::Twine &what, Range declared, const Applied &use);

  std::optional<ast::StmtKind> parameterKind(const Target &target, llvm::StringRef name,
                                             size_t position) const;
  std::optional<ast::StmtKind> argumentKind(const ast::Expr *defaultValue, bool prelude) const;
};

/// Whether a let visibly holds something that cannot be applied.
bool holdsLiteral(const ast::Decl *decl);

} // namespace nnc::sema
