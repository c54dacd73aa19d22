// What nearly all checks need of the others.
#include "compiler/sema/Analysis.h"

#include "compiler/sema/expressions/Constants.h"
#include "compiler/sema/expressions/Expressions.h"
#include "compiler/sema/names/Names.h"

namespace nnc::sema {

void Checker::checkExpr(const ast::Expr *expr, const Scope &scope) {
  ExprChecker(shared).check(expr, scope);
}

Target Checker::resolve(llvm::StringRef name, const Scope &scope, bool callee) const {
  return NameResolver(shared).lookUp(name, scope, callee);
}

std::optional<double> Checker::constantValue(const ast::Expr *expr) const {
  return ConstantEvaluator(shared).value(expr);
}

} // namespace nnc::sema
