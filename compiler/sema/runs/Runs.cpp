// Checks the runs other than train: what they name must exist and be of the right kind.
#include "compiler/sema/Analyzer.h"
#include "compiler/sema/data/SourceTable.h"

#include "llvm/ADT/STLExtras.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void Analyzer::checkRun(const Stmt &stmt, const Scope &scope) {
  switch (stmt.kind) {
  case StmtKind::Train:
    checkTrain(cast<TrainStmt>(stmt), scope);
    lastTrain = &cast<TrainStmt>(stmt);
    return;
  case StmtKind::Evaluate:
    return checkEvaluate(cast<EvaluateStmt>(stmt), scope);
  case StmtKind::Predict:
    return checkPredict(cast<PredictStmt>(stmt), scope);
  case StmtKind::Save: {
    auto &save = cast<SaveStmt>(stmt);
    checkModelPath(save.target, scope, "save", false);
    return checkText(save.file, "the name of a file", scope);
  }
  case StmtKind::Load: {
    auto &load = cast<LoadStmt>(stmt);
    checkModelPath(load.target, scope, "load", false);
    checkText(load.file, "the name of a file", scope);
    for (const Path &p : load.except)
      checkModelPath(p, scope, "except", true);
    return;
  }
  case StmtKind::Freeze:
    for (const Path &p : cast<FreezeStmt>(stmt).places)
      checkModelPath(p, scope, "freeze", true);
    return;
  case StmtKind::Report:
    return checkText(cast<ReportStmt>(stmt).file, "the name of a file", scope);
  case StmtKind::Print:
    for (const Expr *e : cast<PrintStmt>(stmt).values)
      checkExpr(e, scope);
    return;
  case StmtKind::Plot:
    return checkPlot(cast<PlotStmt>(stmt), scope);
  case StmtKind::Search:
    return checkSearch(cast<SearchStmt>(stmt), scope);
  case StmtKind::Compare:
    return checkNested(cast<CompareStmt>(stmt).body, scope, /*compared=*/true);
  case StmtKind::Ensemble:
    return checkEnsemble(cast<EnsembleStmt>(stmt), scope);
  case StmtKind::Expression:
    return checkExpr(cast<ExprStmt>(stmt).expr, scope);
  default:
    diags.error(stmt.range, stmt.kind == StmtKind::Assign
                                ? "`<-` belongs in a layer or an optimizer, which have states"
                                : "a `param` or `state` belongs in a layer or an optimizer");
  }
}

void Analyzer::checkText(const Expr *file, StringRef what, const Scope &scope) {
  if (!file)
    return;
  auto *text = dyn_cast<StringExpr>(file);
  if (!text)
    diags.error(file->range, what + " is expected here, in quotes");
  else if (text->value.empty())
    diags.error(file->range, what + " is empty");
}

const ModelDecl *Analyzer::checkModelPath(const Path &path, const Scope &scope, StringRef what,
                                          bool parts) {
  if (path.empty())
    return nullptr;
  const Ident &name = path.front();
  Target t = resolve(name.text, scope);
  if (t.isDecl(StmtKind::Model)) {
    auto *model = cast<ModelDecl>(t.decl);
    if (path.parts.size() > 1 && !parts)
      diags.error(path.range, quoted(what) + " takes a whole model, not a part of one")
          .note("write `" + what + " " + name.text + " …`");
    else if (path.parts.size() > 1)
      checkPlace(*model, path.parts[1]);
    return model;
  }
  if (t.kind == Target::Local && t.local->kind == LocalKind::Result) {
    checkResult(name, what);
    return nullptr;
  }
  std::vector<StringRef> candidates = declaredNames(StmtKind::Model, scope);
  if (t.kind == Target::Unknown) {
    if (!firstReport(name, scope, candidates))
      return nullptr;
    auto e = diags.error(name.range, "unknown model " + quoted(name.text))
                 .suggest(name.text, candidates);
    if (didYouMean(name.text, candidates).empty() && !candidates.empty())
      e.note("the models are " + listed(candidates));
    return nullptr;
  }
  StringRef kind =
      t.kind == Target::Declaration ? ast::inWords(t.decl->kind) : StringRef("not a model");
  auto e =
      diags.error(name.range, quoted(name.text) + " is " + kind + "; a model is expected here");
  if (t.kind == Target::Declaration)
    e.note(t.decl->name.range, "declared here");
  return nullptr;
}

const DataDecl *Analyzer::checkDataPath(const Path &path, const Scope &scope) {
  if (path.empty())
    return nullptr;
  const Ident &name = path.front();
  Target t = resolve(name.text, scope);
  if (t.isDecl(StmtKind::Data))
    return cast<DataDecl>(t.decl);
  std::vector<StringRef> candidates = declaredNames(StmtKind::Data, scope);
  if (t.kind == Target::Unknown) {
    if (!firstReport(name, scope, candidates))
      return nullptr;
    auto e = diags.error(name.range, "unknown data set " + quoted(name.text))
                 .suggest(name.text, candidates);
    if (didYouMean(name.text, candidates).empty() && !candidates.empty())
      e.note("the data sets are " + listed(candidates));
    return nullptr;
  }
  StringRef kind =
      t.kind == Target::Declaration ? ast::inWords(t.decl->kind) : StringRef("no data set");
  auto e =
      diags.error(name.range, quoted(name.text) + " is " + kind + "; a data set is expected here");
  if (t.kind == Target::Declaration)
    e.note(t.decl->name.range, "declared here");
  return nullptr;
}

void Analyzer::addFields(const DataInfo *info, Scope &scope) {
  if (info)
    for (const FieldInfo &f : info->fields)
      scope.add({f.name, LocalKind::Field, f.where, nullptr});
}

/// `digits.test`: must be one of the splits of the data set.
void Analyzer::checkDataSplit(const DataDecl &decl, const Ident &split, const DataInfo &info) {
  std::vector<StringRef> splits = {"train"};
  if (info.hasVal)
    splits.push_back("val");
  if (info.hasTest)
    splits.push_back("test");
  if (llvm::is_contained(splits, split.text))
    return;
  static const StringRef all[] = {"train", "val", "test"};
  auto e = diags.error(split.range, quoted(decl.name.text) + " has no split " + quoted(split.text));
  if (!llvm::is_contained(all, split.text))
    e.suggest(split.text, all);
  else
    e.note(decl.name.range, "a `split` entry with `" + split.text + " = 10%` makes one");
}

void Analyzer::checkEvaluate(const EvaluateStmt &stmt, const Scope &scope) {
  checkModelPath(stmt.target, scope, "evaluate", false);
  const DataDecl *decl = checkDataPath(stmt.data, scope);
  const DataInfo *info = decl ? &dataInfo(*decl, &scope) : nullptr;
  if (decl && stmt.data.parts.size() > 1)
    checkDataSplit(*decl, stmt.data.parts[1], *info);
  Context context = topContext;
  context.at = AtEvaluate;
  context.data = info;
  context.open = !info || !info->sound;
  Scope fields(&scope, context);
  addFields(info, fields);
  std::vector<MetricUse> metrics;
  bool other = false;
  for (const Entry *e : stmt.entries) {
    if (auto *metric = dyn_cast<MetricEntry>(e)) {
      checkMetric(*metric, fields, metrics);
    } else if (auto *setting = dyn_cast<SettingEntry>(e)) {
      other = true;
      diags.error(setting->name.range, "`evaluate` has no setting " + quoted(setting->name.text))
          .note("its block holds metrics: `metric accuracy(net(x), y)`");
    } else {
      other = true;
      misplacedEntry(*e, "evaluate");
    }
  }
  if (metrics.empty() && !other)
    diags.error(stmt.range, "nothing to evaluate: the block has no `metric`");
}

void Analyzer::checkPredict(const PredictStmt &stmt, const Scope &scope) {
  checkModelPath(stmt.target, scope, "predict", false);
  if (stmt.file)
    checkText(stmt.file, "the name of a file", scope);
  if (!stmt.data)
    return;
  auto *field = dyn_cast<FieldExpr>(stmt.data);
  auto *name = dyn_cast<NameExpr>(field ? field->base : stmt.data);
  PredictInfo &info = symbols.predicted[&stmt];
  if (!name) {
    checkSource(stmt.data, scope, info.source);
    if (info.source.call && info.source.kind == NN_ROWS)
      diags.error(stmt.data->range, "`rows` belong in the block of a data declaration")
          .note("`predict` takes that data set");
    return;
  }
  Path path;
  path.parts = name->name;
  path.range = name->range;
  info.data = checkDataPath(path, scope);
  if (!info.data)
    return;
  const DataInfo &data = dataInfo(*info.data, &scope);
  if (!field)
    return;
  checkDataSplit(*info.data, field->field, data);
  info.split = splitNamed(field->field.text);
}

} // namespace nnc::sema
