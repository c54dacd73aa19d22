// Checks expressions.
#pragma once

#include "compiler/sema/names/Suggestions.h"

namespace nnc::sema {

class ExprChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::Expr *expr, const Scope &scope);
  void checkName(const ast::NameExpr &name, const Scope &scope, Wanted wanted = Wanted::Argument);
  void checkAxes(const ast::Expr *expr, const Scope &scope);
  void checkOperand(const ast::Expr *expr, const Scope &scope);

private:
  void checkRange(const ast::RangeOfExpr &range, const Scope &scope);
  void checkField(const ast::FieldExpr &field, const Scope &scope);
};

} // namespace nnc::sema
