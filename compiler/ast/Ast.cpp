// The few functions on AST nodes that are not inline: names of operators and kinds, blocks,
// results.
#include "compiler/ast/Ast.h"
#include "llvm/Support/ErrorHandling.h"

llvm::StringRef nnc::ast::spelling(BinaryOp op) {
  switch (op) {
  case BinaryOp::Add:
    return "+";
  case BinaryOp::Sub:
    return "-";
  case BinaryOp::Mul:
    return "*";
  case BinaryOp::Div:
    return "/";
  case BinaryOp::MatMul:
    return "@";
  case BinaryOp::Mod:
    return "%";
  case BinaryOp::Pow:
    return "^";
  case BinaryOp::Eq:
    return "==";
  case BinaryOp::Ne:
    return "!=";
  case BinaryOp::Lt:
    return "<";
  case BinaryOp::Le:
    return "<=";
  case BinaryOp::Gt:
    return ">";
  case BinaryOp::Ge:
    return ">=";
  case BinaryOp::And:
    return "and";
  case BinaryOp::Or:
    return "or";
  }
  llvm_unreachable("every operator is listed");
}

llvm::StringRef nnc::ast::inWords(StmtKind kind) {
  switch (kind) {
  case StmtKind::Let:
    return "a constant";
  case StmtKind::Option:
    return "an option";
  case StmtKind::Fn:
    return "a function";
  case StmtKind::Layer:
    return "a layer";
  case StmtKind::Init:
    return "an initializer";
  case StmtKind::Optimizer:
    return "an optimizer";
  case StmtKind::Metric:
    return "a metric";
  case StmtKind::Model:
    return "a model";
  case StmtKind::Data:
    return "a data set";
  case StmtKind::Search:
    return "what a search found";
  case StmtKind::Compare:
    return "a comparison";
  case StmtKind::Ensemble:
    return "an ensemble";
  default:
    return "a statement";
  }
}

llvm::ArrayRef<nnc::ast::Stmt *> nnc::ast::blockOf(const Stmt *s) {
  if (auto *search = llvm::dyn_cast<SearchStmt>(s))
    return search->body;
  if (auto *compare = llvm::dyn_cast<CompareStmt>(s))
    return compare->body;
  return {};
}

nnc::ast::Ident nnc::ast::resultOf(const Stmt *s) {
  if (auto *search = llvm::dyn_cast<SearchStmt>(s))
    return search->name;
  if (auto *compare = llvm::dyn_cast<CompareStmt>(s))
    return compare->name;
  if (auto *ensemble = llvm::dyn_cast<EnsembleStmt>(s))
    return ensemble->name;
  return {};
}

std::vector<const nnc::ast::LetDecl *> nnc::ast::drawnLets(const Program &program) {
  std::vector<const LetDecl *> drawn;
  for (const Stmt *s : program.statements)
    for (const Stmt *inner : blockOf(s))
      if (auto *let = llvm::dyn_cast<LetDecl>(inner); let && let->drawn)
        drawn.push_back(let);
  return drawn;
}
