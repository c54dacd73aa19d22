// Tests of the AST nodes: kinds, casts, the arena.
#include "compiler/ast/Ast.h"
#include <gtest/gtest.h>

using namespace nnc::ast;

TEST(Ast, CastsByKind) {
  Program program;
  Stmt *fn = program.arena.make<FnDecl>();
  Stmt *train = program.arena.make<TrainStmt>();
  EXPECT_TRUE(llvm::isa<FnDecl>(fn));
  EXPECT_TRUE(llvm::isa<Decl>(fn));
  EXPECT_FALSE(llvm::isa<LetDecl>(fn));
  EXPECT_FALSE(llvm::isa<Decl>(train));
  Stmt *decls[] = {program.arena.make<LetDecl>(),       program.arena.make<OptionDecl>(),
                   program.arena.make<LayerDecl>(),     program.arena.make<InitDecl>(),
                   program.arena.make<MetricDecl>(),    program.arena.make<ModelDecl>(),
                   program.arena.make<OptimizerDecl>(), program.arena.make<DataDecl>()};
  for (Stmt *decl : decls)
    EXPECT_TRUE(llvm::isa<Decl>(decl));
  Stmt *others[] = {program.arena.make<ParamStmt>(), program.arena.make<ExprStmt>(),
                    program.arena.make<EnsembleStmt>()};
  for (Stmt *other : others)
    EXPECT_FALSE(llvm::isa<Decl>(other));
}

TEST(Ast, SpellsOperators) {
  EXPECT_EQ(spelling(BinaryOp::MatMul), "@");
  EXPECT_EQ(spelling(BinaryOp::Le), "<=");
  EXPECT_EQ(spelling(BinaryOp::And), "and");
}

TEST(Ast, FreesTreesOfAnyDepth) {
  Program program;
  Expr *deep = program.arena.make<NumberExpr>();
  for (int i = 0; i != 1000000; ++i) {
    auto *neg = program.arena.make<UnaryExpr>();
    neg->operand = deep;
    deep = neg;
  }
  EXPECT_TRUE(llvm::isa<UnaryExpr>(deep));
}

TEST(Ast, CopiesListsAndStringsIntoTheArena) {
  Program program;
  llvm::SmallVector<int, 4> list = {1, 2, 3};
  llvm::ArrayRef<int> kept = program.arena.copy(list);
  list[0] = 9;
  EXPECT_EQ(kept, llvm::ArrayRef<int>({1, 2, 3}));
  std::string text = "abc";
  llvm::StringRef name = program.arena.copy(llvm::StringRef(text));
  text[0] = 'z';
  EXPECT_EQ(name, "abc");
}
