// Dispatches statements, and generates evaluate, print, save, load, report and freeze.
#include "compiler/irgen/program/ProgramGenerator.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/FileSystem.h"

using namespace nnc;

void ProgramGenerator::genStatement(const ast::Stmt *s) {
  if (auto about = symbols.mentions.find(s); about != symbols.mentions.end() && !inBlock)
    return genAboutResult(s, about->second);
  genPlainStatement(s);
}

void ProgramGenerator::genPlainStatement(const ast::Stmt *s) {
  switch (s->kind) {
  case ast::StmtKind::Train:
    return genTrain(llvm::cast<ast::TrainStmt>(s));
  case ast::StmtKind::Evaluate:
    return genEvaluate(llvm::cast<ast::EvaluateStmt>(s));
  case ast::StmtKind::Predict:
    return genPredict(llvm::cast<ast::PredictStmt>(s));
  case ast::StmtKind::Print:
    return genPrint(llvm::cast<ast::PrintStmt>(s));
  case ast::StmtKind::Save: {
    auto *save = llvm::cast<ast::SaveStmt>(s);
    const ast::ModelDecl *model = findModel(save->target);
    std::string file;
    if (!model || !textOf(save->file, file, "the file to save to"))
      return;
    auto *row = addStatement<nn_save>(NN_STMT_SAVE);
    *row = nn_save{where(s->range), text(save->target.text()), modelIndex[model], text(file)};
    return;
  }
  case ast::StmtKind::Load: {
    auto *load = llvm::cast<ast::LoadStmt>(s);
    const ast::ModelDecl *model = findModel(load->target);
    std::string file;
    if (!model || !textOf(load->file, file, "the file to load"))
      return;
    std::vector<const char *> except;
    for (const ast::Path &path : load->except) {
      if (path.front().text != load->target.front().text || path.parts.size() == 1 ||
          elab.tensorsUnder(placeText(path)).empty()) {
        diags.error(path.range, "`except` names parts of `" + load->target.front().text +
                                    "`, and this is none");
        continue;
      }
      except.push_back(text(path.text(/*skip=*/1)));
    }
    if (const std::string beside = options.folders.pathAt(load->file->range.begin, file);
        llvm::sys::fs::exists(beside))
      file = beside;
    auto *row = addStatement<nn_load>(NN_STMT_LOAD);
    *row = nn_load{where(s->range), modelIndex[model], text(file),
                   tables.list<const char *>(except), int32_t(except.size())};
    return;
  }
  case ast::StmtKind::Report: {
    std::string file;
    if (!textOf(llvm::cast<ast::ReportStmt>(s)->file, file, "the report"))
      return;
    auto *row = addStatement<nn_report>(NN_STMT_REPORT);
    *row =
        nn_report{where(s->range), text(file), text(bufferText(diags.sources(), program.buffer))};
    return;
  }
  case ast::StmtKind::Freeze:
    for (const ast::Path &path : llvm::cast<ast::FreezeStmt>(s)->places) {
      elab.frozen.push_back(placeText(path));
      if (elab.tensorsUnder(elab.frozen.back()).empty())
        diags.error(path.range, "there is nothing to freeze at `" + path.text() + "`");
    }
    return;
  case ast::StmtKind::Expression: {
    // In the REPL an expression statement prints its value.
    ast::Expr *e = llvm::cast<ast::ExprStmt>(s)->expr;
    ast::PrintStmt print;
    print.range = s->range;
    print.values = llvm::ArrayRef<ast::Expr *>(e);
    return genPrint(&print);
  }
  case ast::StmtKind::Plot:
    return genPlot(llvm::cast<ast::PlotStmt>(s));
  case ast::StmtKind::Search:
  case ast::StmtKind::Compare:
    return genExperiment(s);
  case ast::StmtKind::Ensemble:
    return genEnsemble(llvm::cast<ast::EnsembleStmt>(s));
  default:
    return; // declarations
  }
}

void ProgramGenerator::genEvaluate(const ast::EvaluateStmt *s) {
  const ast::ModelDecl *model = findModel(s->target);
  int32_t split;
  const ast::DataDecl *data = findData(s->data, &split);
  if (!model || !data)
    return;
  const std::string prefix = "evaluate" + std::to_string(evaluateCount++);
  auto *row = addStatement<nn_evaluate>(NN_STMT_EVALUATE);
  row->where = where(s->range);
  row->target = text(s->target.text());
  row->model = modelIndex[model];
  row->data = dataIndex[data];
  row->split = split;
  std::vector<int32_t> fieldRows;
  for (const Field &f : fieldsOf[data])
    fieldRows.push_back(f.row);
  row->fields = tables.list<int32_t>(fieldRows);
  row->n_fields = fieldRows.size();
  llvm::SmallVector<const ast::MetricEntry *> entries;
  for (const ast::Entry *e : s->entries)
    if (auto *m = llvm::dyn_cast<ast::MetricEntry>(e))
      entries.push_back(m);
  Function fn(diags, module, prefix, element);
  elab.fn = &fn;
  fn.batched = fn.inPieces = true;
  elab.bounds.clear();
  Scope scope;
  std::vector<mlir::Value> raw;
  addFields(fn, data, scope, /*augment=*/false, &raw);
  std::vector<nn_metric> metrics;
  const bool ok = addMetrics(fn, entries, scope, &metrics);
  addBounds(raw, row->bounds, row->n_bounds);
  addTargets(prefix, data, raw, row->targets);
  row->truth = reports() ? comparedField(fn, model, data, raw) : -1;
  finish(fn, &row->eval);
  if (!ok)
    return;
  nn_metric *list = metricList(metrics);
  finishMetrics(prefix, entries, data, llvm::MutableArrayRef<nn_metric>(list, metrics.size()));
  row->metrics = list;
  row->n_metrics = metrics.size();
}

void ProgramGenerator::genPrint(const ast::PrintStmt *s) {
  for (const ast::Expr *e : s->values) {
    Function fn(diags, module, "print" + std::to_string(printCount++), element);
    elab.fn = &fn;
    Value v = elab.evaluate(e, Scope());
    auto drop = [&] { fn.finish(), fn.op().erase(); };
    if (v.isError()) {
      drop();
      continue;
    }
    if (v.kind == Value::Kind::Text) {
      drop();
      auto *row = addStatement<nn_print>(NN_STMT_PRINT);
      row->where = where(e->range);
      row->text = text(v.text);
      continue;
    }
    if (v.kind == Value::Kind::Place)
      v = elab.readPlace(v, e->range);
    if (v.kind == Value::Kind::Applicable) {
      diags.error(e->range, v.describe() + " cannot be printed; its value for an input can: `" +
                                v.target->name + "([…])`");
      drop();
      continue;
    }
    Value t = fn.emit.toTensor(v, e->range);
    if (!t.isTensor()) {
      drop();
      continue;
    }
    auto *row = addStatement<nn_print>(NN_STMT_PRINT);
    row->where = where(e->range);
    row->text = text(llvm::StringRef(e->range.begin.getPointer(),
                                     e->range.end.getPointer() - e->range.begin.getPointer()));
    fn.addResult("value", t.tensor);
    auto sh = exampleShape(t.tensor);
    row->shape = shape(sh);
    row->rank = sh.size();
    finish(fn, &row->fn);
  }
}
