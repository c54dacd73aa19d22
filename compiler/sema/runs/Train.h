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
  /// The scopes of a block's expressions: of its losses and metrics, which read fields; of the
  /// others, which read none; and that around the statement.
  struct Scopes {
    const Scope &fields, &plain, &outer;
  };
  void checkTargets(const ast::TrainStmt &stmt, const Scope &scope);
  void checkSetting(const ast::SettingEntry &entry, const Scopes &scopes);
  void checkConstrain(const ast::ConstrainEntry &entry, const Scope &outer);
  void checkUpdate(const ast::UpdateEntry &entry, const Scopes &scopes);
  void checkPart(const ast::OptimizerEntry &entry, const Scopes &scopes);
  /// Whether `place` is in what the block trains; reports it otherwise. `does`: "constrains".
  bool checkTrained(const ast::Path &place, llvm::StringRef does);

  /// Checks the entries that the block of an `update` may have too; false for any other.
  bool checkCommon(const ast::Entry &entry, const Scopes &scopes);
  void checkEntries(const ast::TrainStmt &stmt, const DataInfo *info, const Scopes &scopes);
  void checkMissing(const ast::TrainStmt &stmt);
  void checkMissing(Range where, llvm::StringRef trained);
  void unknownSetting(const Ident &name);
  void checkCount(TrainSetting setting, const ast::SettingEntry &entry, const Scope &plain);
  bool isGiven(TrainSetting setting) const;

  std::map<llvm::StringRef, Range> seen; // the settings and entries that may be given once
  std::vector<std::pair<std::string, Range>> parts; // that have optimizers of their own
  llvm::ArrayRef<ast::Path> trained;                // by the statement, or by the update
  const ast::UpdateEntry *update = nullptr;         // whose block this is; null: of the statement
  bool hasUpdates = false;                          // the statement has
  MetricChecker metrics;
};

} // namespace nnc::sema
