// Prints runs as canonical source text.
#include "compiler/ast/PrinterImpl.h"

using namespace nnc::ast;

void RunPrinter::print(const Stmt &stmt) {
  switch (stmt.kind) {
  case StmtKind::Train:
    return train(llvm::cast<TrainStmt>(stmt));
  case StmtKind::Evaluate:
    return evaluate(llvm::cast<EvaluateStmt>(stmt));
  case StmtKind::Predict:
    return predict(llvm::cast<PredictStmt>(stmt));
  case StmtKind::Save:
    return save(llvm::cast<SaveStmt>(stmt));
  case StmtKind::Load:
    return load(llvm::cast<LoadStmt>(stmt));
  case StmtKind::Freeze:
    os << "freeze ";
    return paths(llvm::cast<FreezeStmt>(stmt).places);
  case StmtKind::Report:
    os << "report ";
    return expr(*llvm::cast<ReportStmt>(stmt).file);
  case StmtKind::Print:
    os << "print ";
    return exprs(llvm::cast<PrintStmt>(stmt).values);
  case StmtKind::Plot:
    return plot(llvm::cast<PlotStmt>(stmt));
  case StmtKind::Search:
    return search(llvm::cast<SearchStmt>(stmt));
  case StmtKind::Compare:
    return compare(llvm::cast<CompareStmt>(stmt));
  default:
    return ensemble(llvm::cast<EnsembleStmt>(stmt));
  }
}

/// `net on digits`
void RunPrinter::on(const Path &target, const Path &data) {
  path(target);
  os << " on ";
  path(data);
}

void RunPrinter::train(const TrainStmt &train) {
  os << "train ";
  paths(train.targets);
  os << " on ";
  path(train.data);
  os << (train.entries.empty() ? " {}" : "");
  entries(train.entries);
}

void RunPrinter::evaluate(const EvaluateStmt &evaluate) {
  os << "evaluate ";
  on(evaluate.target, evaluate.data);
  entries(evaluate.entries);
}

void RunPrinter::predict(const PredictStmt &predict) {
  os << "predict ";
  path(predict.target);
  os << " on ";
  expr(*predict.data);
  if (predict.file) {
    os << " to ";
    expr(*predict.file);
  }
}

void RunPrinter::save(const SaveStmt &save) {
  os << "save ";
  path(save.target);
  os << " to ";
  expr(*save.file);
}

void RunPrinter::load(const LoadStmt &load) {
  os << "load ";
  path(load.target);
  os << " from ";
  expr(*load.file);
  if (!load.except.empty()) {
    os << " except ";
    paths(load.except);
  }
}

void RunPrinter::plot(const PlotStmt &plot) {
  os << "plot ";
  exprs(plot.values);
  if (plot.file) {
    os << " to ";
    expr(*plot.file);
  }
}

void RunPrinter::search(const SearchStmt &search) {
  os << "search ";
  if (search.name) {
    ident(search.name);
    os << ' ';
  }
  os << "by ";
  ident(search.method);
  if (!search.settings.empty())
    os << ", ";
  args(search.settings);
  if (!search.objective.empty()) {
    os << (search.minimize ? ", minimize " : ", maximize ");
    path(search.objective);
  }
  nested(search.body);
}

void RunPrinter::compare(const CompareStmt &compare) {
  os << "compare";
  if (compare.name) {
    os << ' ';
    ident(compare.name);
  }
  nested(compare.body);
}

void RunPrinter::ensemble(const EnsembleStmt &ensemble) {
  os << "ensemble ";
  ident(ensemble.name);
  os << " of ";
  on(ensemble.of, ensemble.data);
  os << (ensemble.entries.empty() ? " {}" : "");
  entries(ensemble.entries);
}

void RunPrinter::nested(llvm::ArrayRef<Stmt *> list) {
  os << ' ';
  braced([&] {
    for (const Stmt *stmt : list) {
      out.newline();
      statement(*stmt);
    }
  });
}
