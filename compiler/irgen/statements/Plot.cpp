// Generates plot statements: curves refer to rows of the tables, values become functions.
#include "compiler/irgen/statements/Plot.h"

#include "compiler/sema/runs/Plots.h"

using namespace nnc;

bool PlotGenerator::generateItem(const ast::Expr *e, PlottedT &item) {
  item.text.assign(e->range.begin.getPointer(), e->range.end.getPointer());
  if (std::optional<sema::CurveName> curve =
          sema::curveName(e, trained.last.statement, ctx.symbols)) {
    if (!trained.last.statement)
      return false; // sema has said so, or its training is not sound
    item.train = trained.last.number;
    item.splits = curve->splits;
    const auto known =
        llvm::find_if(trained.last.metrics,
                      [&](const TrainedSoFar::Last::Metric &m) { return curve->name == m.name; });
    if (curve->name == nnrt::lossName || known == trained.last.metrics.end())
      return true;
    item.metric = known - trained.last.metrics.begin();
    if (!known->isNumber) {
      ctx.diags.error(e->range, "`" + curve->name + "` is a table, and a curve is of numbers");
      return false;
    }
    return true;
  }
  return generateValue(e, item);
}

bool PlotGenerator::generateValue(const ast::Expr *e, PlottedT &item) {
  Function fn(ctx.diags, ctx.module, "plot" + std::to_string(count++), ctx.element);
  ctx.elab.fn = &fn;
  Value v = ctx.elab.evaluate(e, Scope());
  if (v.kind == Value::Kind::Place)
    v = ctx.elab.readPlace(v, e->range);
  Value t;
  if (v.kind == Value::Kind::Applicable)
    ctx.diags.error(e->range, v.describe() + " cannot be plotted; the values of a tensor can: `" +
                                  v.target->name + ".dense1.w`");
  else if (!v.isError())
    t = fn.emit.toTensor(v, e->range);
  if (!t.isTensor())
    return ProgramContext::drop(fn), false;
  fn.addResult("value", t.tensor);
  item.shape = exampleShape(t.tensor).vec();
  item.fn = ctx.finish(fn);
  return true;
}

void PlotGenerator::generate(const ast::PlotStmt *s) {
  PlotT row;
  row.where = ctx.where(s->range);
  bool ok = true;
  for (const ast::Expr *e : s->values) {
    PlottedT item;
    ok &= generateItem(e, item);
    row.items.push_back(std::move(item));
  }
  if (!ok || (s->file && !settings.textOf(s->file, row.path, "the plot")))
    return;
  ctx.add(std::move(row));
}
