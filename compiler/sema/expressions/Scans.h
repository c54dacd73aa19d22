// Checks scans: their sequences, and what their blocks need.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class ScanChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::ScanExpr &scan, const Scope &outer);

private:
  /// Reports states that no step changes.
  void checkStates(const ast::ScanExpr &scan, const ScanBlock &block);
};

} // namespace nnc::sema
