// Generates plot statements: curves refer to rows of the tables, values become functions.
#include "compiler/irgen/program/ProgramGenerator.h"
#include "compiler/sema/runs/Plots.h"

using namespace nnc;

bool ProgramGenerator::genPlotted(const ast::Expr *e, PlottedT &item) {
  item.text.assign(e->range.begin.getPointer(), e->range.end.getPointer());
  if (std::optional<sema::CurveName> curve = sema::curveName(e, lastTrain.statement, symbols)) {
    if (!lastTrain.statement)
      return false; // sema has said so, or its training is not sound
    item.train = lastTrain.number;
    item.splits = curve->splits;
    const auto known = llvm::find_if(
        lastTrain.metrics, [&](const Trained::Metric &m) { return curve->name == m.name; });
    if (curve->name == "loss" || known == lastTrain.metrics.end())
      return true;
    item.metric = known - lastTrain.metrics.begin();
    if (!known->isNumber) {
      diags.error(e->range, "`" + curve->name + "` is a table, and a curve is of numbers");
      return false;
    }
    return true;
  }
  Function fn(diags, module, "plot" + std::to_string(plotCount++), element);
  elab.fn = &fn;
  Value v = elab.evaluate(e, Scope());
  if (v.kind == Value::Kind::Place)
    v = elab.readPlace(v, e->range);
  Value t;
  if (v.kind == Value::Kind::Applicable)
    diags.error(e->range, v.describe() + " cannot be plotted; the values of a tensor can: `" +
                              v.target->name + ".dense1.w`");
  else if (!v.isError())
    t = fn.emit.toTensor(v, e->range);
  if (!t.isTensor())
    return drop(fn), false;
  fn.addResult("value", t.tensor);
  item.shape = exampleShape(t.tensor).vec();
  item.fn = finish(fn);
  return true;
}

void ProgramGenerator::genPlot(const ast::PlotStmt *s) {
  PlotT row;
  row.where = where(s->range);
  bool ok = true;
  for (const ast::Expr *e : s->values) {
    PlottedT item;
    ok &= genPlotted(e, item);
    row.items.push_back(std::move(item));
  }
  if (!ok || (s->file && !textOf(s->file, row.path, "the plot")))
    return;
  addStatement(std::move(row));
}
