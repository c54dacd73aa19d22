// Checks data declarations.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class DataChecker : Checker {
public:
  using Checker::Checker;

  /// What is known of a data set, which is checked if it has not been.
  const DataInfo &infoOf(const ast::DataDecl &decl, const Scope *outer);

private:
  void check(const ast::DataDecl &decl, const Scope *outer, DataInfo &info);
  void checkFieldSetting(const ast::SettingEntry &entry, const Scope &scope, DataInfo &info);
  void checkSeries(const ast::SeriesEntry &series, const Scope &columns, DataInfo &info);
  void checkTestSource(const ast::SettingEntry &entry, const Scope &scope, DataInfo &info);
  void checkFieldUses(const ast::DataDecl &decl, const Scope *outer, DataInfo &info);
  void checkAugment(const ast::AugmentEntry &augment, const Scope &fields, DataInfo &info);
};

} // namespace nnc::sema
