// Checks train statements.
#pragma once

#include "compiler/sema/Analysis.h"
#include "compiler/sema/runs/Metrics.h"
#include "compiler/sema/runs/TrainSettings.h"

namespace nnc::sema {

class TrainChecker : Checker {
public:
  explicit TrainChecker(Analysis &shared) : Checker(shared), metrics(shared) {}

  void check(const ast::TrainStmt &stmt, const Scope &scope);

private:
  void checkSetting(const ast::SettingEntry &entry, const Scope &fields, const Scope &plain);
  void checkConstrain(const ast::ConstrainEntry &entry, const ast::Path &trained,
                      const Scope &outer);

  void checkEntries(const ast::TrainStmt &stmt, const DataInfo *info, const Scope &scope,
                    const Scope &plain);
  void checkMissing(const ast::TrainStmt &stmt);
  void unknownSetting(const Ident &name);
  void checkCount(TrainSetting setting, const ast::SettingEntry &entry, const Scope &plain);
  bool isGiven(TrainSetting setting) const;

  std::map<llvm::StringRef, Range> seen; // the settings and entries that may be given once
  MetricChecker metrics;
};

} // namespace nnc::sema
