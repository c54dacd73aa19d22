// Checks the statements in braces.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class BlockChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::BlockExpr &block, const Scope &outer);

private:
  void checkStatement(const ast::Stmt &stmt, Scope &scope);
  void checkAssign(const ast::AssignStmt &stmt, Scope &scope);
  void checkParam(const ast::ParamStmt &stmt, Scope &scope);
  void checkState(const ast::StateStmt &stmt, Scope &scope);
};

} // namespace nnc::sema
