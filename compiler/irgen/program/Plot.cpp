// Generates plot statements: curves refer to rows of the tables, values become functions.
#include "compiler/irgen/program/ProgramGenerator.h"
#include "compiler/sema/runs/Plots.h"

using namespace nnc;

bool ProgramGenerator::genPlotted(const ast::Expr *e, nn_plotted &item) {
  item.text = text(llvm::StringRef(e->range.begin.getPointer(),
                                   e->range.end.getPointer() - e->range.begin.getPointer()));
  if (std::optional<sema::CurveName> curve = sema::curveName(e, lastTrain, symbols)) {
    if (!lastTrainRow)
      return false; // sema has reported it, or the training has errors
    item.train = lastTrainRow;
    item.splits = curve->splits;
    item.metric = -1;
    for (int32_t m = 0; curve->name != "loss" && m < lastTrainRow->n_metrics && item.metric < 0;
         ++m)
      if (curve->name == lastTrainRow->metrics[m].name)
        item.metric = m;
    if (item.metric >= 0 && lastTrainRow->metrics[item.metric].rank != 0) {
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
  if (!t.isTensor()) {
    fn.finish();
    fn.op().erase();
    return false;
  }
  fn.addResult("value", t.tensor);
  auto sizes = exampleShape(t.tensor);
  item.shape = shape(sizes);
  item.rank = sizes.size();
  finish(fn, &item.fn);
  return true;
}

void ProgramGenerator::genPlot(const ast::PlotStmt *s) {
  // Functions are recorded by the address of their table entry, so the list is allocated first.
  const std::vector<nn_plotted> none(s->values.size());
  nn_plotted *items = tables.list<nn_plotted>(none);
  bool ok = true;
  for (auto [i, e] : llvm::enumerate(s->values))
    ok &= genPlotted(e, items[i]);
  std::string file;
  if (!ok || (s->file && !textOf(s->file, file, "the plot")))
    return;
  *addStatement<nn_plot>(NN_STMT_PLOT) =
      nn_plot{where(s->range), s->file ? text(file) : nullptr, items, int32_t(s->values.size())};
}
