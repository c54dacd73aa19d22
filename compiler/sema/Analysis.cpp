// What many checks need: calls of the others, and the report of what is given twice.
#include "compiler/sema/Analysis.h"

#include "compiler/sema/Text.h"
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

bool Checker::once(std::map<llvm::StringRef, Range> &seen, llvm::StringRef key, Range where) {
  auto [it, fresh] = seen.try_emplace(key, where);
  if (!fresh)
    diags.error(where, quoted(key) + " is given twice").note(it->second, "first given here");
  return fresh;
}

} // namespace nnc::sema
