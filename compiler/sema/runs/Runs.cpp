// Checks the runs other than train: what they name must exist and be of the right kind.
#include "compiler/sema/runs/Runs.h"

#include "compiler/sema/Entries.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/data/Data.h"
#include "compiler/sema/data/Fields.h"
#include "compiler/sema/data/Sources.h"
#include "compiler/sema/runs/ExperimentChecker.h"
#include "compiler/sema/runs/Metrics.h"
#include "compiler/sema/runs/Paths.h"
#include "compiler/sema/runs/Train.h"

using llvm::cast;
using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

void RunChecker::check(const Stmt &stmt, const Scope &scope) {
  switch (stmt.kind) {
  case StmtKind::Train:
    TrainChecker(shared).check(cast<TrainStmt>(stmt), scope);
    shared.lastTrain = &cast<TrainStmt>(stmt);
    return;
  case StmtKind::Evaluate:
    return checkEvaluate(cast<EvaluateStmt>(stmt), scope);
  case StmtKind::Predict:
    return checkPredict(cast<PredictStmt>(stmt), scope);
  case StmtKind::Save: {
    auto &save = cast<SaveStmt>(stmt);
    PathChecker(shared).checkModel(save.target, scope, "save", false);
    return PathChecker(shared).checkFile(save.file);
  }
  case StmtKind::Load: {
    auto &load = cast<LoadStmt>(stmt);
    PathChecker(shared).checkModel(load.target, scope, "load", false);
    PathChecker(shared).checkFile(load.file);
    for (const Path &p : load.except)
      PathChecker(shared).checkModel(p, scope, "except", true);
    return;
  }
  case StmtKind::Freeze:
    for (const Path &p : cast<FreezeStmt>(stmt).places)
      PathChecker(shared).checkModel(p, scope, "freeze", true);
    return;
  case StmtKind::Report:
    return PathChecker(shared).checkFile(cast<ReportStmt>(stmt).file);
  case StmtKind::Print:
    for (const Expr *e : cast<PrintStmt>(stmt).values)
      checkExpr(e, scope);
    return;
  case StmtKind::Plot:
    return checkPlot(cast<PlotStmt>(stmt), scope);
  case StmtKind::Search:
    return ExperimentChecker(shared).checkSearch(cast<SearchStmt>(stmt), scope);
  case StmtKind::Compare:
    return ExperimentChecker(shared).checkCompare(cast<CompareStmt>(stmt), scope);
  case StmtKind::Ensemble:
    return ExperimentChecker(shared).checkEnsemble(cast<EnsembleStmt>(stmt), scope);
  case StmtKind::Expression:
    return checkExpr(cast<ExprStmt>(stmt).expr, scope);
  default:
    diags.error(stmt.range, stmt.kind == StmtKind::Assign
                                ? "`<-` belongs in a layer or an optimizer, which have states"
                                : "a `param` or `state` belongs in a layer or an optimizer");
  }
}

/// `importance`, or `importance = 10`: each column is shuffled so many times.
static constexpr llvm::StringLiteral importanceEntry = "importance";

void RunChecker::checkEvaluate(const EvaluateStmt &stmt, const Scope &scope) {
  PathChecker(shared).checkModel(stmt.target, scope, "evaluate", false);
  const DataDecl *decl = PathChecker(shared).checkData(stmt.data, scope);
  const DataInfo *info = decl ? &DataChecker(shared).infoOf(*decl, &scope) : nullptr;
  if (decl && stmt.data.parts.size() > 1)
    PathChecker(shared).checkSplit(*decl, stmt.data.parts[1], *info);
  Context context = shared.topContext;
  context.at = AtEvaluate;
  context.data = info;
  context.open = !info || !info->sound;
  Scope fields(&scope, context);
  addFields(info, fields);
  MetricChecker metrics(shared);
  bool other = false;
  Range importance;
  for (const Entry *e : stmt.entries) {
    if (auto *metric = dyn_cast<MetricEntry>(e)) {
      metrics.check(*metric, fields);
    } else if (auto *setting = dyn_cast<SettingEntry>(e);
               setting && setting->name.text == importanceEntry) {
      if (importance.isValid())
        diags.error(setting->range, "`importance` is given twice")
            .note(importance, "the first one is here");
      importance = setting->range;
      checkExpr(setting->value, scope);
    } else if (setting) {
      other = true;
      diags.error(setting->name.range, "`evaluate` has no setting " + quoted(setting->name.text))
          .note("its block holds metrics, `metric accuracy(net(x), y)`, and `importance`");
    } else {
      other = true;
      misplacedEntry(diags, *e, "evaluate");
    }
  }
  if (metrics.none() && !other)
    diags.error(stmt.range, "nothing to evaluate: the block has no `metric`");
}

void RunChecker::checkPredict(const PredictStmt &stmt, const Scope &scope) {
  PathChecker(shared).checkModel(stmt.target, scope, "predict", false);
  if (stmt.file)
    PathChecker(shared).checkFile(stmt.file);
  if (!stmt.data)
    return;
  auto *field = dyn_cast<FieldExpr>(stmt.data);
  auto *name = dyn_cast<NameExpr>(field ? field->base : stmt.data);
  PredictInfo &info = symbols.predicted[&stmt];
  if (!name) {
    SourceReader(shared, info.source).read(stmt.data, scope);
    if (info.source.call && info.source.kind == NN_ROWS)
      diags.error(stmt.data->range, "`rows` belong in the block of a data declaration")
          .note("`predict` takes that data set");
    return;
  }
  Path path;
  path.parts = name->name;
  path.range = name->range;
  info.data = PathChecker(shared).checkData(path, scope);
  if (!info.data)
    return;
  const DataInfo &data = DataChecker(shared).infoOf(*info.data, &scope);
  if (!field)
    return;
  PathChecker(shared).checkSplit(*info.data, field->field, data);
  info.split = splitNamed(field->field.text);
}

} // namespace nnc::sema
