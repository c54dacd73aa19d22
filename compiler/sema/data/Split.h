// Checks `split` entries.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class SplitChecker : Checker {
public:
  SplitChecker(Analysis &shared, DataInfo &info) : Checker(shared), info(info) {}

  void check(const ast::SplitEntry &split, const Scope &scope);

private:
  enum class Setting { Train, Val, Test, Folds, Stratify, Seed };

  void checkSetting(Setting setting, const ast::Expr *value, const Scope &scope);
  void checkFraction(const ast::Expr *part);
  void checkOrder(const ast::SplitEntry &split);
  void checkTogether(const ast::SplitEntry &split);

  DataInfo &info;
  double sum = 0;    // of the shares
  bool known = true; // false if a share is wrong or depends on an option
};

} // namespace nnc::sema
