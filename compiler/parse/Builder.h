// Builds the AST from ANTLR's parse tree. The methods are in three files, like the parts of the
// grammar: BuildExpr.cpp, BuildDecl.cpp (declarations, blocks, data) and BuildRun.cpp.
#pragma once
#include "compiler/ast/Ast.h"
#include "compiler/parse/SourceStream.h"
#include "compiler/support/Diagnostics.h"
#include "grammar/NnParser.h"
#include "llvm/ADT/DenseMap.h"

namespace nnc::parse {

/// Builds nodes in `arena`. Skips statements in which the parser found an error. Reports errors
/// that the grammar cannot express: numbers out of range, unknown escapes, chained comparisons.
class Builder {
public:
  using P = grammar::NnParser;

  Builder(const SourceStream &source, Diagnostics &diags,
          const llvm::DenseMap<size_t, std::string> &docs, ast::Arena &arena)
      : source(source), diags(diags), docs(docs), arena(arena) {}

  llvm::ArrayRef<ast::Stmt *> topStatements(const std::vector<P::TopStatementContext *> &contexts);

private:
  // ---- expressions: BuildExpr.cpp
  ast::Expr *expression(P::ExpressionContext *c);
  /// The `else` sides without parentheses at the end of the expression built so far. A pipe that
  /// follows belongs to the last of them.
  struct OpenElses {
    ast::IfExpr *last = nullptr;
    llvm::SmallVector<ast::Expr *, 2> around; ///< nodes that end where the last one ends
  };
  ast::Expr *choice(P::ChoiceContext *c, OpenElses &open);
  ast::Expr *disjunction(P::DisjunctionContext *c);
  ast::Expr *conjunction(P::ConjunctionContext *c);
  ast::Expr *negation(P::NegationContext *c);
  ast::Expr *comparison(P::ComparisonContext *c);
  ast::Expr *sum(P::SumContext *c);
  ast::Expr *product(P::ProductContext *c);
  ast::Expr *unary(P::UnaryContext *c);
  ast::Expr *power(P::PowerContext *c);
  ast::Expr *postfix(P::PostfixContext *c);
  ast::Expr *suffix(ast::Expr *base, P::SuffixContext *c);
  ast::Expr *primary(P::PrimaryContext *c);
  ast::Expr *number(antlr4::Token *token, antlr4::Token *unit);
  ast::Expr *string(antlr4::Token *token);
  llvm::StringRef stringValue(antlr4::Token *token);
  ast::Expr *item(P::ItemContext *c);
  llvm::ArrayRef<ast::Expr *> items(const std::vector<P::ItemContext *> &contexts);
  llvm::ArrayRef<ast::Expr *> expressions(const std::vector<P::ExpressionContext *> &contexts);
  ast::Argument argument(P::ArgumentContext *c);
  template <typename Operands, typename Build>
  ast::Expr *leftChain(antlr4::ParserRuleContext *c, const Operands &operands, Build build);
  ast::Expr *binary(antlr4::Token *op, ast::Expr *lhs, ast::Expr *rhs);

  // ---- names and shapes: BuildExpr.cpp
  ast::Ident name(P::NameContext *c);
  static ast::Direction direction(antlr4::Token *word) {
    return word->getType() == P::Highest ? ast::Direction::Highest : ast::Direction::Lowest;
  }
  llvm::ArrayRef<ast::Ident> names(const std::vector<P::NameContext *> &contexts);
  ast::Path path(P::PathContext *c);
  llvm::ArrayRef<ast::Path> paths(const std::vector<P::PathContext *> &contexts);
  ast::Shape *shape(P::ShapeContext *c); ///< null for null

  // ---- declarations, blocks and data: BuildDecl.cpp
  ast::Stmt *declaration(P::DeclarationContext *c);
  ast::Stmt *let(P::LetDeclContext *c);
  ast::Stmt *fn(P::FnDeclContext *c);
  ast::Stmt *layer(P::LayerDeclContext *c);
  ast::Stmt *metric(P::MetricDeclContext *c);
  ast::Stmt *model(P::ModelDeclContext *c);
  ast::Stmt *data(P::DataDeclContext *c);
  llvm::ArrayRef<ast::Parameter> parameters(P::ParametersContext *c); ///< empty for null
  ast::Expr *body(P::BodyContext *c);
  ast::BlockExpr *block(P::BlockContext *c);
  ast::Stmt *statement(P::StatementContext *c);
  ast::Entry *dataEntry(P::DataEntryContext *c);
  ast::Entry *setting(P::SettingContext *c);
  ast::Argument settingArgument(P::SettingContext *c);

  // ---- runs: BuildRun.cpp
  ast::Stmt *run(P::RunContext *c);
  ast::Stmt *search(P::SearchRunContext *c);
  llvm::ArrayRef<ast::Entry *> entries(P::RunBlockContext *c); ///< empty for null
  ast::Entry *runEntry(P::RunEntryContext *c);

  template <typename T> T *make(antlr4::ParserRuleContext *c) {
    T *node = arena.make<T>();
    node->range = range(c);
    return node;
  }
  template <typename T> T *declare(antlr4::ParserRuleContext *c, P::NameContext *name);
  template <typename T> T *make(Range range) {
    T *node = arena.make<T>();
    node->range = range;
    return node;
  }
  Range range(antlr4::ParserRuleContext *c) const { return source.range(c->start, c->stop); }

  const SourceStream &source;
  Diagnostics &diags;
  const llvm::DenseMap<size_t, std::string> &docs;
  ast::Arena &arena;
};

/// Creates a declaration with its name and the documentation comment above it.
template <typename T> T *Builder::declare(antlr4::ParserRuleContext *c, P::NameContext *declared) {
  T *decl = make<T>(c);
  decl->name = name(declared);
  if (auto doc = docs.find(c->start->getTokenIndex()); doc != docs.end())
    decl->doc = arena.copy(llvm::StringRef(doc->second).trim());
  return decl;
}

} // namespace nnc::parse
