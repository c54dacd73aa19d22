// Builds the nodes of statements: those of a program, and those in braces.
#include "compiler/parse/Builder.h"

using namespace nnc;
using namespace nnc::ast;
using namespace nnc::parse;
using P = PartBuilder::P;

llvm::ArrayRef<Stmt *>
StmtBuilder::topStatements(const std::vector<P::TopStatementContext *> &contexts) {
  llvm::SmallVector<Stmt *, 16> list;
  for (P::TopStatementContext *c : contexts) {
    if (c->exception)
      continue;
    if (c->declaration()) {
      list.push_back(DeclBuilder(context).build(c->declaration()));
    } else if (c->run()) {
      list.push_back(RunBuilder(context).build(c->run()));
    } else {
      list.push_back(bare(c->expression()));
    }
  }
  return arena.copy(list);
}

BlockExpr *StmtBuilder::block(P::BlockContext *c) {
  auto *node = make<BlockExpr>(c);
  llvm::SmallVector<Stmt *, 8> list;
  for (P::StatementContext *s : c->statement())
    if (!s->exception)
      list.push_back(statement(s));
  if (!list.empty())
    if (auto *last = llvm::dyn_cast<ExprStmt>(list.back())) {
      node->value = last->expr;
      list.pop_back();
    }
  node->statements = arena.copy(list);
  return node;
}

Stmt *StmtBuilder::statement(P::StatementContext *c) {
  if (auto *s = c->letDecl())
    return DeclBuilder(context).let(s);
  if (auto *s = c->paramStmt()) {
    auto *stmt = make<ParamStmt>(s);
    stmt->name = name(s->name());
    stmt->shape = shape(s->shape());
    if (s->expression())
      stmt->value = expression(s->expression());
    stmt->drawn = s->op && s->op->getType() == P::Tilde;
    return stmt;
  }
  if (auto *s = c->stateStmt()) {
    auto *stmt = make<StateStmt>(s);
    stmt->name = name(s->name());
    stmt->shape = shape(s->shape());
    if (s->expression())
      stmt->value = expression(s->expression());
    return stmt;
  }
  if (auto *s = c->assignStmt()) {
    auto *stmt = make<AssignStmt>(s);
    stmt->name = name(s->name());
    stmt->value = expression(s->expression());
    return stmt;
  }
  return bare(c->expression());
}

Stmt *StmtBuilder::bare(P::ExpressionContext *c) {
  auto *stmt = make<ExprStmt>(c);
  stmt->expr = expression(c);
  return stmt;
}
