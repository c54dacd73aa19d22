// Prints statements and entries as canonical source text. PrintDecl.cpp prints declarations.
#include "compiler/ast/Printer.h"
#include "compiler/ast/PrinterImpl.h"
#include "llvm/ADT/STLExtras.h"

using namespace nnc::ast;

/// Whether a blank line separates two statements. None separates two short declarations or two
/// short runs.
static bool blankLineBetween(const Stmt &before, const Stmt &after) {
  auto small = [](const Stmt &stmt) {
    auto *decl = llvm::dyn_cast<Decl>(&stmt);
    if (decl && !decl->doc.empty())
      return false;
    return stmt.kind == StmtKind::Let || stmt.kind == StmtKind::Option ||
           stmt.kind == StmtKind::Expression ||
           (!decl && stmt.kind >= StmtKind::Predict && stmt.kind <= StmtKind::Plot);
  };
  return !small(before) || !small(after) || llvm::isa<Decl>(before) != llvm::isa<Decl>(after);
}

void Printer::statements(llvm::ArrayRef<Stmt *> list) {
  const Stmt *before = nullptr;
  for (const Stmt *stmt : list) {
    if (before && blankLineBetween(*before, *stmt))
      os << '\n';
    statement(*stmt);
    os << '\n';
    before = stmt;
  }
}

void Printer::nested(llvm::ArrayRef<Stmt *> list) {
  os << " {";
  ++level;
  for (const Stmt *stmt : list) {
    newline();
    statement(*stmt);
  }
  --level;
  newline();
  os << '}';
}

/// The name at the start of an expression, if `(` or `[` follows it. `block`: whether the
/// expression starts with a block.
static llvm::StringRef leadingCallee(const Expr *e, bool &block) {
  bool applied = false;
  while (true) {
    block = llvm::isa<BlockExpr>(e);
    if (auto *pipe = llvm::dyn_cast<PipeExpr>(e))
      e = pipe->lhs, applied = false;
    else if (auto *binary = llvm::dyn_cast<BinaryExpr>(e))
      e = binary->lhs, applied = false;
    else if (auto *call = llvm::dyn_cast<CallExpr>(e))
      e = call->callee, applied = true;
    else if (auto *index = llvm::dyn_cast<IndexExpr>(e))
      e = index->base, applied = true;
    else if (auto *field = llvm::dyn_cast<FieldExpr>(e))
      e = field->base, applied = false;
    else if (auto *transpose = llvm::dyn_cast<TransposeExpr>(e))
      e = transpose->operand, applied = false;
    else if (auto *name = llvm::dyn_cast<NameExpr>(e))
      return applied && !name->name.quoted ? name->name.text : "";
    else
      return "";
  }
}

void Printer::exprStatement(const Expr &e) {
  // Parentheses, if the start would be parsed differently: `report(x)` as a statement, `{` as the
  // block of the line before.
  bool block = false;
  llvm::StringRef callee = leadingCallee(&e, block);
  bool brackets = block || callee == "report" || callee == "plot" || callee == "where";
  os << (brackets ? "(" : "");
  expr(e);
  os << (brackets ? ")" : "");
}

void Printer::statement(const Stmt &stmt) {
  if (auto *decl = llvm::dyn_cast<Decl>(&stmt))
    return declaration(*decl);
  switch (stmt.kind) {
  case StmtKind::Param: {
    auto &param = llvm::cast<ParamStmt>(stmt);
    os << "param ";
    typed(param.name, param.shape);
    if (param.value) {
      os << (param.drawn ? " ~ " : " = ");
      expr(*param.value);
    }
    return;
  }
  case StmtKind::State: {
    auto &state = llvm::cast<StateStmt>(stmt);
    os << "state ";
    typed(state.name, state.shape);
    if (state.value) {
      os << " = ";
      expr(*state.value);
    }
    return;
  }
  case StmtKind::Assign: {
    auto &assign = llvm::cast<AssignStmt>(stmt);
    ident(assign.name);
    os << " <- ";
    return expr(*assign.value);
  }
  case StmtKind::Expression:
    return exprStatement(*llvm::cast<ExprStmt>(stmt).expr);
  default:
    return run(stmt);
  }
}

// ---- runs

void Printer::run(const Stmt &stmt) {
  switch (stmt.kind) {
  case StmtKind::Train: {
    auto &train = llvm::cast<TrainStmt>(stmt);
    os << "train ";
    path(train.target);
    os << " on ";
    path(train.data);
    os << (train.entries.empty() ? " {}" : "");
    return entries(train.entries);
  }
  case StmtKind::Evaluate: {
    auto &evaluate = llvm::cast<EvaluateStmt>(stmt);
    os << "evaluate ";
    path(evaluate.target);
    os << " on ";
    path(evaluate.data);
    return entries(evaluate.entries);
  }
  case StmtKind::Predict: {
    auto &predict = llvm::cast<PredictStmt>(stmt);
    os << "predict ";
    path(predict.target);
    os << " on ";
    expr(*predict.data);
    if (predict.file) {
      os << " to ";
      expr(*predict.file);
    }
    return;
  }
  case StmtKind::Save: {
    auto &save = llvm::cast<SaveStmt>(stmt);
    os << "save ";
    path(save.target);
    os << " to ";
    return expr(*save.file);
  }
  case StmtKind::Load: {
    auto &load = llvm::cast<LoadStmt>(stmt);
    os << "load ";
    path(load.target);
    os << " from ";
    expr(*load.file);
    if (!load.except.empty()) {
      os << " except ";
      paths(load.except);
    }
    return;
  }
  case StmtKind::Freeze:
    os << "freeze ";
    return paths(llvm::cast<FreezeStmt>(stmt).places);
  case StmtKind::Report:
    os << "report ";
    return expr(*llvm::cast<ReportStmt>(stmt).file);
  case StmtKind::Print:
    os << "print ";
    return exprs(llvm::cast<PrintStmt>(stmt).values);
  case StmtKind::Plot: {
    auto &plot = llvm::cast<PlotStmt>(stmt);
    os << "plot ";
    exprs(plot.values);
    if (plot.file) {
      os << " to ";
      expr(*plot.file);
    }
    return;
  }
  case StmtKind::Search: {
    auto &search = llvm::cast<SearchStmt>(stmt);
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
    return nested(search.body);
  }
  case StmtKind::Compare: {
    auto &compare = llvm::cast<CompareStmt>(stmt);
    os << "compare";
    if (compare.name) {
      os << ' ';
      ident(compare.name);
    }
    return nested(compare.body);
  }
  default: {
    auto &ensemble = llvm::cast<EnsembleStmt>(stmt);
    os << "ensemble ";
    ident(ensemble.name);
    os << " of ";
    path(ensemble.of);
    os << " on ";
    path(ensemble.data);
    os << (ensemble.entries.empty() ? " {}" : "");
    return entries(ensemble.entries);
  }
  }
}

void Printer::entries(llvm::ArrayRef<Entry *> list) {
  if (list.empty())
    return;
  os << " {";
  ++level;
  for (const Entry *e : list) {
    newline();
    entry(*e);
  }
  --level;
  newline();
  os << '}';
}

void Printer::entry(const Entry &entry) {
  switch (entry.kind) {
  case EntryKind::Setting: {
    auto &setting = llvm::cast<SettingEntry>(entry);
    ident(setting.name);
    os << " = ";
    return expr(*setting.value);
  }
  case EntryKind::Metric: {
    auto &metric = llvm::cast<MetricEntry>(entry);
    os << "metric ";
    if (metric.given) {
      ident(metric.given);
      os << directionText(metric.direction) << " = ";
    }
    return expr(*metric.expr);
  }
  case EntryKind::Clip: {
    auto &clip = llvm::cast<ClipEntry>(entry);
    os << (clip.by == ClipKind::Norm ? "clip norm " : "clip value ");
    return expr(*clip.limit);
  }
  case EntryKind::Constrain: {
    auto &constrain = llvm::cast<ConstrainEntry>(entry);
    os << "constrain ";
    path(constrain.target);
    os << " to ";
    return expr(*constrain.value);
  }
  case EntryKind::Stop: {
    auto &stop = llvm::cast<StopEntry>(entry);
    os << "stop when ";
    path(stop.quantity);
    os << " stalls for ";
    return expr(*stop.patience);
  }
  case EntryKind::Keep: {
    auto &keep = llvm::cast<KeepEntry>(entry);
    os << "keep "
       << (keep.which == KeepKind::Best      ? "best "
           : keep.which == KeepKind::Highest ? "highest "
                                             : "lowest ");
    return path(keep.quantity);
  }
  case EntryKind::Checkpoint: {
    auto &checkpoint = llvm::cast<CheckpointEntry>(entry);
    os << "checkpoint ";
    expr(*checkpoint.file);
    os << " every ";
    return expr(*checkpoint.every);
  }
  case EntryKind::Split:
    os << "split ";
    return args(llvm::cast<SplitEntry>(entry).settings);
  case EntryKind::Normalize:
    os << "normalize ";
    llvm::interleave(
        llvm::cast<NormalizeEntry>(entry).fields, [&](const Ident &field) { ident(field); },
        [&] { os << ", "; });
    return;
  case EntryKind::Balance:
    os << "balance ";
    return ident(llvm::cast<BalanceEntry>(entry).field);
  case EntryKind::Augment: {
    auto &augment = llvm::cast<AugmentEntry>(entry);
    os << "augment ";
    llvm::interleave(
        augment.fields, [&](const Ident &field) { ident(field); }, [&] { os << ", "; });
    os << " = ";
    return expr(*augment.value);
  }
  case EntryKind::Where:
    os << "where ";
    return expr(*llvm::cast<WhereEntry>(entry).condition);
  case EntryKind::Drop: {
    auto &drop = llvm::cast<DropEntry>(entry);
    os << "drop missing";
    if (drop.columns.empty())
      return;
    os << " [";
    llvm::interleave(
        drop.columns, [&](const Ident &column) { ident(column); }, [&] { os << ", "; });
    os << "]";
    return;
  }
  case EntryKind::Fill: {
    auto &fill = llvm::cast<FillEntry>(entry);
    os << "fill ";
    llvm::interleave(
        fill.columns, [&](const Ident &column) { ident(column); }, [&] { os << ", "; });
    os << " = ";
    return expr(*fill.value);
  }
  case EntryKind::Row:
    llvm::interleave(
        llvm::cast<RowEntry>(entry).values, [&](const Expr *value) { exprStatement(*value); },
        [&] { os << " -> "; });
    return;
  }
}

void nnc::ast::print(const Program &program, llvm::raw_ostream &os) {
  Printer(os).statements(program.statements);
}

void nnc::ast::print(const Stmt &stmt, llvm::raw_ostream &os) { Printer(os).statement(stmt); }
