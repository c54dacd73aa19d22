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
    SaveT row;
    row.where = where(s->range);
    row.target = save->target.text();
    row.model = modelIndex[model];
    row.path = std::move(file);
    return addStatement(std::move(row));
  }
  case ast::StmtKind::Load: {
    auto *load = llvm::cast<ast::LoadStmt>(s);
    const ast::ModelDecl *model = findModel(load->target);
    std::string file;
    if (!model || !textOf(load->file, file, "the file to load"))
      return;
    LoadT row;
    for (const ast::Path &path : load->except) {
      if (path.front().text != load->target.front().text || path.parts.size() == 1 ||
          elab.tensorsUnder(placeText(path)).empty()) {
        diags.error(path.range, "`except` names parts of `" + load->target.front().text +
                                    "`, and this is none");
        continue;
      }
      row.except.push_back(path.text(/*skip=*/1));
    }
    if (const std::string beside = options.folders.pathAt(load->file->range.begin, file);
        llvm::sys::fs::exists(beside))
      file = beside;
    row.where = where(s->range);
    row.model = modelIndex[model];
    row.path = std::move(file);
    return addStatement(std::move(row));
  }
  case ast::StmtKind::Report: {
    std::string file;
    if (!textOf(llvm::cast<ast::ReportStmt>(s)->file, file, "the report"))
      return;
    ReportT row;
    row.where = where(s->range);
    row.path = std::move(file);
    row.text = bufferText(diags.sources(), program.buffer).str();
    return addStatement(std::move(row));
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
  EvaluateT row;
  const ast::DataDecl *data = findData(s->data, &row.split);
  if (!model || !data)
    return;
  const std::string prefix = "evaluate" + std::to_string(evaluateCount++);
  row.where = where(s->range);
  row.target = s->target.text();
  row.model = modelIndex[model];
  row.data = dataIndex[data];
  for (const Field &f : fieldsOf[data])
    row.fields.push_back(f.row);
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
  const bool ok = addMetrics(fn, entries, scope, &row.metrics);
  row.bounds = boundsOf(raw);
  row.computed = computedTargets(prefix, data, raw);
  row.truth = reports() ? comparedField(fn, model, data, raw) : -1;
  row.eval = finish(fn);
  if (!ok)
    return;
  finishMetrics(prefix, entries, data, row.metrics);
  addStatement(std::move(row));
}

void ProgramGenerator::genPrint(const ast::PrintStmt *s) {
  for (const ast::Expr *e : s->values) {
    Function fn(diags, module, "print" + std::to_string(printCount++), element);
    elab.fn = &fn;
    Value v = elab.evaluate(e, Scope());
    if (v.isError()) {
      drop(fn);
      continue;
    }
    PrintT row;
    row.where = where(e->range);
    if (v.kind == Value::Kind::Text) {
      drop(fn);
      row.text = v.text;
      addStatement(std::move(row));
      continue;
    }
    if (v.kind == Value::Kind::Place)
      v = elab.readPlace(v, e->range);
    if (v.kind == Value::Kind::Applicable) {
      diags.error(e->range, v.describe() + " cannot be printed; its value for an input can: `" +
                                v.target->name + "([…])`");
      drop(fn);
      continue;
    }
    Value t = fn.emit.toTensor(v, e->range);
    if (!t.isTensor()) {
      drop(fn);
      continue;
    }
    row.text.assign(e->range.begin.getPointer(), e->range.end.getPointer());
    fn.addResult("value", t.tensor);
    row.shape = exampleShape(t.tensor).vec();
    row.fn = finish(fn);
    addStatement(std::move(row));
  }
}
