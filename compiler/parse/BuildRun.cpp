// Builds the nodes of runs: train, evaluate and the other statements that are executed in order.
#include "compiler/parse/Builder.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = PartBuilder::P;

Stmt *RunBuilder::build(P::RunContext *c) {
  if (auto *r = c->trainRun()) {
    auto *stmt = make<TrainStmt>(r);
    auto listed = paths(r->path());
    stmt->targets = listed.drop_back();
    stmt->target = listed.front();
    stmt->data = listed.back();
    stmt->entries = entries(r->runBlock());
    return stmt;
  }
  if (auto *r = c->evaluateRun()) {
    auto *stmt = make<EvaluateStmt>(r);
    stmt->target = path(r->path(0));
    stmt->data = path(r->path(1));
    stmt->entries = entries(r->runBlock());
    return stmt;
  }
  if (auto *r = c->predictRun()) {
    auto *stmt = make<PredictStmt>(r);
    stmt->target = path(r->path());
    stmt->data = expression(r->expression(0));
    if (r->To())
      stmt->file = expression(r->expression(1));
    return stmt;
  }
  if (auto *r = c->saveRun()) {
    auto *stmt = make<SaveStmt>(r);
    stmt->target = path(r->path());
    stmt->file = expression(r->expression());
    return stmt;
  }
  if (auto *r = c->loadRun()) {
    auto *stmt = make<LoadStmt>(r);
    auto listed = paths(r->path());
    stmt->target = listed.front();
    stmt->except = listed.drop_front();
    stmt->file = expression(r->expression());
    return stmt;
  }
  if (auto *r = c->freezeRun()) {
    auto *stmt = make<FreezeStmt>(r);
    stmt->places = paths(r->path());
    return stmt;
  }
  if (auto *r = c->reportRun()) {
    auto *stmt = make<ReportStmt>(r);
    stmt->file = expression(r->expression());
    return stmt;
  }
  if (auto *r = c->printRun()) {
    auto *stmt = make<PrintStmt>(r);
    stmt->values = expressions(r->expression());
    return stmt;
  }
  if (auto *r = c->plotRun()) {
    auto *stmt = make<PlotStmt>(r);
    stmt->values = expressions(r->expression());
    if (r->To()) {
      stmt->file = stmt->values.back();
      stmt->values = stmt->values.drop_back();
    }
    return stmt;
  }
  if (auto *r = c->searchRun())
    return search(r);
  if (auto *r = c->compareRun()) {
    auto *stmt = make<CompareStmt>(r);
    if (r->name())
      stmt->name = name(r->name());
    stmt->body = StmtBuilder(context).topStatements(r->topStatement());
    return stmt;
  }
  auto *r = c->ensembleRun();
  auto *stmt = make<EnsembleStmt>(r);
  stmt->name = name(r->name());
  stmt->of = path(r->path(0));
  stmt->data = path(r->path(1));
  stmt->entries = entries(r->runBlock());
  return stmt;
}

Stmt *RunBuilder::search(P::SearchRunContext *c) {
  auto *stmt = make<SearchStmt>(c);
  auto names = c->name();
  if (names.size() == 2)
    stmt->name = name(names.front());
  stmt->method = name(names.back());
  llvm::SmallVector<Argument, 4> settings;
  P::SearchSettingContext *goal = nullptr;
  for (P::SearchSettingContext *s : c->searchSetting()) {
    if (s->setting()) {
      settings.push_back(settingArgument(s->setting()));
      continue;
    }
    if (goal)
      diags.error(range(s), "a search has one goal").note(range(goal), "the first one is here");
    goal = s;
    stmt->minimize = s->goal->getType() == P::Minimize;
    stmt->objective = path(s->path());
  }
  if (!goal)
    diags.error(source.range(c->start),
                "a search needs a goal: `minimize val.loss` or `maximize …`");
  stmt->settings = arena.copy(settings);
  stmt->body = StmtBuilder(context).topStatements(c->topStatement());
  return stmt;
}

llvm::ArrayRef<Entry *> RunBuilder::entries(P::RunBlockContext *c) {
  if (!c)
    return {};
  llvm::SmallVector<Entry *, 8> list;
  for (P::RunEntryContext *e : c->runEntry())
    if (!e->exception)
      list.push_back(entry(e));
  return arena.copy(list);
}

/// How often `importance` alone shuffles each column.
Expr *RunBuilder::usualShuffles(P::ImportanceEntryContext *c) {
  auto *five = make<NumberExpr>(c);
  five->value = 5;
  five->isInteger = true;
  five->spelling = "5";
  return five;
}

Entry *RunBuilder::entry(P::RunEntryContext *c) {
  if (auto *e = c->setting())
    return setting(e);
  if (auto *e = c->importanceEntry()) {
    auto *entry = make<SettingEntry>(e);
    entry->name.text = source.text(e->start);
    entry->name.range = source.range(e->start);
    entry->value = e->expression() ? expression(e->expression()) : usualShuffles(e);
    return entry;
  }
  if (auto *e = c->metricEntry()) {
    auto *entry = make<MetricEntry>(e);
    if (e->name())
      entry->given = name(e->name());
    if (e->direction)
      entry->direction = direction(e->direction);
    entry->expr = expression(e->expression());
    return entry;
  }
  if (auto *e = c->clipEntry()) {
    auto *entry = make<ClipEntry>(e);
    entry->by = e->by->getType() == P::Norm ? ClipKind::Norm : ClipKind::Value;
    entry->limit = expression(e->expression());
    return entry;
  }
  if (auto *e = c->constrainEntry()) {
    auto *entry = make<ConstrainEntry>(e);
    entry->target = path(e->path());
    entry->value = expression(e->expression());
    return entry;
  }
  if (auto *e = c->stopEntry()) {
    auto *entry = make<StopEntry>(e);
    entry->quantity = path(e->path());
    entry->patience = expression(e->expression());
    return entry;
  }
  if (auto *e = c->keepEntry()) {
    auto *entry = make<KeepEntry>(e);
    size_t which = e->which->getType();
    entry->which = which == P::Best      ? KeepKind::Best
                   : which == P::Highest ? KeepKind::Highest
                                         : KeepKind::Lowest;
    entry->quantity = path(e->path());
    return entry;
  }
  if (auto *e = c->updateEntry()) {
    auto *entry = make<UpdateEntry>(e);
    entry->places = paths(e->path());
    entry->entries = entries(e->runBlock());
    return entry;
  }
  if (auto *e = c->optimizerEntry()) {
    auto *entry = make<OptimizerEntry>(e);
    entry->target = path(e->path());
    entry->value = expression(e->expression());
    return entry;
  }
  auto *e = c->checkpointEntry();
  auto *entry = make<CheckpointEntry>(e);
  entry->file = expression(e->expression(0));
  entry->every = expression(e->expression(1));
  return entry;
}
