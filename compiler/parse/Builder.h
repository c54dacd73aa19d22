// Builds the AST from ANTLR's parse tree. Each class builds the nodes of one part of the grammar.
#pragma once
#include "compiler/ast/Ast.h"
#include "compiler/parse/SourceStream.h"
#include "compiler/support/Diagnostics.h"
#include "grammar/NnParser.h"
#include "llvm/ADT/DenseMap.h"

namespace nnc::parse {

/// What the builders share.
struct BuildContext {
  const SourceStream &source;
  Diagnostics &diags;
  const llvm::DenseMap<size_t, std::string> &docs; ///< comments, by the token that they are above
  ast::Arena &arena;
};

/// Builds what nodes of several kinds consist of. Builders skip statements in which the parser
/// found an error, and report errors that the grammar cannot express: numbers out of range, unknown
/// escapes, chained comparisons. BuildParts.cpp
class PartBuilder {
public:
  using P = grammar::NnParser;

  explicit PartBuilder(const BuildContext &context)
      : context(context), source(context.source), diags(context.diags), arena(context.arena) {}

protected:
  ast::Expr *expression(P::ExpressionContext *c);
  llvm::ArrayRef<ast::Expr *> expressions(const std::vector<P::ExpressionContext *> &contexts);
  ast::BlockExpr *block(P::BlockContext *c);
  ast::Entry *setting(P::SettingContext *c);
  ast::Argument settingArgument(P::SettingContext *c);
  ast::Ident name(P::NameContext *c);
  llvm::ArrayRef<ast::Ident> names(const std::vector<P::NameContext *> &contexts);
  ast::Path path(P::PathContext *c);
  llvm::ArrayRef<ast::Path> paths(const std::vector<P::PathContext *> &contexts);
  ast::Shape *shape(P::ShapeContext *c); ///< null for null
  llvm::StringRef stringValue(antlr4::Token *token);
  static ast::Direction direction(antlr4::Token *word) {
    return word->getType() == P::Highest ? ast::Direction::Highest : ast::Direction::Lowest;
  }

  /// What `build` makes of each context.
  template <typename Context, typename Build>
  auto each(const std::vector<Context *> &contexts, Build build) {
    llvm::SmallVector<decltype(build(contexts[0])), 8> list;
    for (Context *c : contexts)
      list.push_back(build(c));
    return arena.copy(list);
  }
  template <typename T> T *make(antlr4::ParserRuleContext *c) { return make<T>(range(c)); }
  template <typename T> T *make(Range range) {
    T *node = arena.make<T>();
    node->range = range;
    return node;
  }
  /// Creates a declaration with its name and the documentation comment above it.
  template <typename T> T *declare(antlr4::ParserRuleContext *c, P::NameContext *declared) {
    T *decl = make<T>(c);
    decl->name = name(declared);
    if (auto doc = context.docs.find(c->start->getTokenIndex()); doc != context.docs.end())
      decl->doc = arena.copy(llvm::StringRef(doc->second).trim());
    return decl;
  }
  Range range(antlr4::ParserRuleContext *c) const { return source.range(c->start, c->stop); }

  const BuildContext &context;
  const SourceStream &source;
  Diagnostics &diags;
  ast::Arena &arena;
};

/// BuildExpr.cpp
class ExprBuilder : PartBuilder {
public:
  using PartBuilder::PartBuilder;

  ast::Expr *build(P::ExpressionContext *c);

private:
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
  ast::Expr *scan(P::ScanContext *c);
  ast::Expr *number(antlr4::Token *token, antlr4::Token *unit);
  ast::Expr *string(antlr4::Token *token);
  ast::Expr *item(P::ItemContext *c);
  llvm::ArrayRef<ast::Expr *> items(const std::vector<P::ItemContext *> &contexts);
  ast::Argument argument(P::ArgumentContext *c);
  template <typename Operands, typename Build>
  ast::Expr *leftChain(antlr4::ParserRuleContext *c, const Operands &operands, Build build);
  ast::Expr *binary(antlr4::Token *op, ast::Expr *lhs, ast::Expr *rhs);
};

/// BuildDecl.cpp
class DeclBuilder : PartBuilder {
public:
  using PartBuilder::PartBuilder;

  ast::Stmt *build(P::DeclarationContext *c);
  ast::Stmt *let(P::LetDeclContext *c);

private:
  ast::Stmt *option(P::OptionDeclContext *c);
  ast::Stmt *fn(P::FnDeclContext *c);
  ast::Stmt *layer(P::LayerDeclContext *c);
  ast::Stmt *init(P::InitDeclContext *c);
  ast::Stmt *optimizer(P::OptimizerDeclContext *c);
  ast::Stmt *metric(P::MetricDeclContext *c);
  ast::Stmt *model(P::ModelDeclContext *c);
  llvm::ArrayRef<ast::Parameter> parameters(P::ParametersContext *c); ///< empty for null
  ast::Expr *body(P::BodyContext *c);
};

/// BuildData.cpp
class DataBuilder : PartBuilder {
public:
  using PartBuilder::PartBuilder;

  ast::Stmt *build(P::DataDeclContext *c);

private:
  ast::Entry *entry(P::DataEntryContext *c);
};

/// BuildStmt.cpp
class StmtBuilder : PartBuilder {
public:
  using PartBuilder::PartBuilder;

  llvm::ArrayRef<ast::Stmt *> topStatements(const std::vector<P::TopStatementContext *> &contexts);
  ast::BlockExpr *block(P::BlockContext *c);

private:
  ast::Stmt *statement(P::StatementContext *c);
  ast::Stmt *bare(P::ExpressionContext *c); ///< an expression as a statement
};

/// BuildRun.cpp
class RunBuilder : PartBuilder {
public:
  using PartBuilder::PartBuilder;

  ast::Stmt *build(P::RunContext *c);

private:
  ast::Stmt *search(P::SearchRunContext *c);
  llvm::ArrayRef<ast::Entry *> entries(P::RunBlockContext *c); ///< empty for null
  ast::Entry *entry(P::RunEntryContext *c);
  ast::Expr *usualShuffles(P::ImportanceEntryContext *c);
};

} // namespace nnc::parse
