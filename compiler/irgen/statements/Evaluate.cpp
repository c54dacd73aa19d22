// Generates evaluate statements: the metrics of a model on a split, and the conditions on the data.
#include "compiler/irgen/statements/Evaluate.h"

#include "compiler/irgen/program/Metrics.h"
#include "compiler/irgen/program/Targets.h"
#include "compiler/irgen/statements/Report.h"

using namespace nnc;

int32_t EvaluateGenerator::shufflesOf(const ast::Expr *e) {
  Function fn(ctx.diags, ctx.module, "importance", ctx.element);
  ctx.elab.fn = &fn;
  int64_t n = 0;
  if (ctx.elab.evaluateInteger(e, Scope(), n, "how often a column is shuffled") &&
      (n < 1 || n > 1000)) {
    ctx.diags.error(e->range,
                    "`importance` shuffles each column 1 to 1000 times, not " + llvm::Twine(n));
    n = 0;
  }
  fn.op().erase();
  return int32_t(n);
}

void EvaluateGenerator::generate(const ast::EvaluateStmt *s) {
  const ast::ModelDecl *model = ctx.findModel(s->target);
  EvaluateT row;
  const ast::DataDecl *data = ctx.findData(s->data, &row.split);
  if (!model || !data)
    return;
  const std::string prefix = "evaluate" + std::to_string(count++);
  row.where = ctx.where(s->range);
  row.target = s->target.text();
  row.model = models.indexOf(model);
  row.data = dataSets.indexOf(data);
  row.fields = dataSets.fieldRows(data);
  llvm::SmallVector<const ast::MetricEntry *> entries;
  for (const ast::Entry *e : s->entries)
    if (auto *m = llvm::dyn_cast<ast::MetricEntry>(e))
      entries.push_back(m);
    else if (auto *setting = llvm::dyn_cast<ast::SettingEntry>(e)) // `importance`
      row.shuffles = shufflesOf(setting->value);
  Function fn(ctx.diags, ctx.module, prefix, ctx.element);
  ctx.elab.fn = &fn;
  fn.batched = fn.inPieces = true;
  ctx.elab.bounds.clear();
  Scope scope;
  std::vector<mlir::Value> raw;
  dataSets.addFields(fn, data, scope, /*augment=*/false, &raw);
  MetricGenerator metrics(ctx, dataSets, data, entries);
  ctx.elab.comparedTargets.clear();
  const bool ok = metrics.addTotals(fn, scope, &row.metrics);
  row.bounds = boundsOf(ctx, raw);
  row.computed = computedTargets(ctx, dataSets, prefix, data, raw);
  if (ctx.reports()) {
    // A metric in the units of a normalised field compares other values than the field's.
    row.truth = dataSets.predictedField(data, raw, ctx.elab.comparedTargets);
    if (row.truth < 0)
      row.truth = comparedField(ctx, fn, model, dataSets.fieldsOf(data), raw);
  }
  row.eval = ctx.finish(fn);
  if (!ok)
    return;
  metrics.finish(prefix, row.metrics);
  ctx.add(std::move(row));
}
