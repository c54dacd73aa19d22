// Checks search, compare and ensemble.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class ExperimentChecker : Checker {
public:
  using Checker::Checker;

  void checkSearch(const ast::SearchStmt &stmt, const Scope &scope);
  void checkCompare(const ast::CompareStmt &stmt, const Scope &scope);
  void checkEnsemble(const ast::EnsembleStmt &stmt, const Scope &scope);

private:
  void checkNested(llvm::ArrayRef<ast::Stmt *> body, const Scope &outer, bool compared);
  void declareNested(llvm::ArrayRef<ast::Stmt *> body, Scope &scope);
  void checkNestedRun(const ast::Stmt &stmt, const Scope &scope);
  bool ranBefore(const ast::Stmt &stmt) const;
  void checkDrawn(const ast::LetDecl &let, const Scope &scope, bool compared);
};

} // namespace nnc::sema
