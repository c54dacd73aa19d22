// Prints statements as canonical source text. PrintDecl.cpp prints declarations, PrintRun.cpp runs.
#include "compiler/ast/Printer.h"
#include "compiler/ast/PrinterImpl.h"

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

void StmtPrinter::printAll(llvm::ArrayRef<Stmt *> list) {
  const Stmt *before = nullptr;
  for (const Stmt *stmt : list) {
    if (before && blankLineBetween(*before, *stmt))
      os << '\n';
    print(*stmt);
    os << '\n';
    before = stmt;
  }
}

void StmtPrinter::print(const Stmt &stmt) {
  if (auto *decl = llvm::dyn_cast<Decl>(&stmt))
    return DeclPrinter(out).print(*decl);
  switch (stmt.kind) {
  case StmtKind::Param:
    return param(llvm::cast<ParamStmt>(stmt));
  case StmtKind::State:
    return state(llvm::cast<StateStmt>(stmt));
  case StmtKind::Assign:
    return assign(llvm::cast<AssignStmt>(stmt));
  case StmtKind::Expression:
    return exprStatement(*llvm::cast<ExprStmt>(stmt).expr);
  default:
    return RunPrinter(out).print(stmt);
  }
}

void StmtPrinter::param(const ParamStmt &stmt) {
  os << "param ";
  typed(stmt.name, stmt.shape);
  if (stmt.value) {
    os << (stmt.drawn ? " ~ " : " = ");
    expr(*stmt.value);
  }
}

void StmtPrinter::state(const StateStmt &stmt) {
  os << "state ";
  typed(stmt.name, stmt.shape);
  if (stmt.value) {
    os << " = ";
    expr(*stmt.value);
  }
}

void StmtPrinter::assign(const AssignStmt &stmt) {
  ident(stmt.name);
  os << " <- ";
  expr(*stmt.value);
}

void nnc::ast::print(const Program &program, llvm::raw_ostream &os) {
  Output out(os);
  StmtPrinter(out).printAll(program.statements);
}

void nnc::ast::print(const Stmt &stmt, llvm::raw_ostream &os) {
  Output out(os);
  StmtPrinter(out).print(stmt);
}
