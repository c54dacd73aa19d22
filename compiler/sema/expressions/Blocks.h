// Checks the statements in braces.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class BlockChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::BlockExpr &block, const Scope &outer);
  /// Checks the block of a scan, whose names are in `scope`.
  void checkOfScan(const ast::BlockExpr &block, const Scope &outer, Scope &scope);

private:
  void checkStatement(const ast::Stmt &stmt, Scope &scope);
  void checkAssign(const ast::AssignStmt &stmt, Scope &scope);
  void checkParam(const ast::ParamStmt &stmt, Scope &scope);
  void checkState(const ast::StateStmt &stmt, Scope &scope);
  /// Reports an assignment in a scan's block to something that is not the scan's, or records it.
  /// Returns false if others judge it.
  bool checkAssignInScan(const ast::AssignStmt &stmt, const Scope &scope);
};

} // namespace nnc::sema
