// The nodes for expressions.
#pragma once
#include "compiler/ast/Node.h"

namespace nnc::ast {

enum class ExprKind {
  Number,
  String,
  Bool,
  Name,
  Ellipsis,
  List,
  RangeOf,
  Unary,
  Binary,
  If,
  Call,
  Index,
  Field,
  Transpose,
  Pipe,
  Block,
  Scan,
};

struct Expr {
  const ExprKind kind;
  Range range;

protected:
  explicit Expr(ExprKind kind) : kind(kind) {}
};

/// Gives each node its kind and its classof, for llvm::isa, cast and dyn_cast.
template <ExprKind K> struct ExprOf : Expr {
  ExprOf() : Expr(K) {}
  static bool classof(const Expr *e) { return e->kind == K; }
};

enum class Unit { None, Epochs, Steps };

/// `3`, `1e-3`, `10_000`, `80%` (value 0.8), `10 epochs`, `200 steps`. Never negative: `-1` is a
/// UnaryExpr.
struct NumberExpr : ExprOf<ExprKind::Number> {
  double value = 0;
  Unit unit = Unit::None;
  bool isPercent = false;
  bool isInteger = false;   ///< written without `.`, exponent or `%`
  llvm::StringRef spelling; ///< the number as written, without its unit
};

/// `"…"`; `value` has its escapes (`\"`, `\\`, `\n`, `\t`) replaced.
struct StringExpr : ExprOf<ExprKind::String> {
  llvm::StringRef value;
};

struct BoolExpr : ExprOf<ExprKind::Bool> {
  bool value = false;
};

struct NameExpr : ExprOf<ExprKind::Name> {
  Ident name;
};

/// `...`: any further axes; in a list of axes, a shape or an index.
struct EllipsisExpr : ExprOf<ExprKind::Ellipsis> {};

/// `[a, b]`; elements may be lists (`[[1], [1]]`), RangeOfExpr (`[c1 .. c13]`) and EllipsisExpr.
struct ListExpr : ExprOf<ExprKind::List> {
  llvm::ArrayRef<Expr *> elements;
};

/// `a .. b`, both ends included: a range of columns or numbers, as an element of a list or an
/// index.
struct RangeOfExpr : ExprOf<ExprKind::RangeOf> {
  Expr *first = nullptr, *last = nullptr;
};

enum class UnaryOp { Neg, Not };

struct UnaryExpr : ExprOf<ExprKind::Unary> {
  UnaryOp op = UnaryOp::Neg;
  Range opRange;
  Expr *operand = nullptr;
};

enum class BinaryOp { Add, Sub, Mul, Div, MatMul, Mod, Pow, Eq, Ne, Lt, Le, Gt, Ge, And, Or };

/// The source text of an operator: `+`, `@`, `and`.
llvm::StringRef spelling(BinaryOp op);

/// Left-associative, except `^` (right) and comparisons (not chained). The depth of the tree is
/// bounded: see parse/README.md.
struct BinaryExpr : ExprOf<ExprKind::Binary> {
  BinaryOp op = BinaryOp::Add;
  Range opRange;
  Expr *lhs = nullptr, *rhs = nullptr;
};

/// `if c then a else b`, or `if c { … } else { … }` (then both branches are BlockExpr, or
/// `otherwise` is an IfExpr of an `else if`). `otherwise` is null where a block form has no else.
struct IfExpr : ExprOf<ExprKind::If> {
  Expr *condition = nullptr, *then = nullptr, *otherwise = nullptr;
  bool hasBlocks = false;
};

/// `f(a, k = v)`. The callee is an expression (`f(a)(b)`), most often a NameExpr.
struct CallExpr : ExprOf<ExprKind::Call> {
  Expr *callee = nullptr;
  llvm::ArrayRef<Argument> args;
  Range parens; ///< from `(` to `)`
};

/// `z[i, j]`; an index may be a RangeOfExpr or an EllipsisExpr.
struct IndexExpr : ExprOf<ExprKind::Index> {
  Expr *base = nullptr;
  llvm::ArrayRef<Expr *> indices;
};

/// `run.val.loss`
struct FieldExpr : ExprOf<ExprKind::Field> {
  Expr *base = nullptr;
  Ident field;
};

/// `a'`
struct TransposeExpr : ExprOf<ExprKind::Transpose> {
  Expr *operand = nullptr;
};

/// `lhs |> rhs`, `lhs |> rhs as place`. Chains lean to the left: `(x |> f) |> g`.
struct PipeExpr : ExprOf<ExprKind::Pipe> {
  Expr *lhs = nullptr, *rhs = nullptr;
  Range opRange;
  Ident place; ///< the name after `as`; empty: none
};

struct Stmt;

/// `{ let a = …; a + b }`. `value` is the last statement if that is an expression (and then it is
/// not in `statements`); null: the block has no value (as in an optimizer).
struct BlockExpr : ExprOf<ExprKind::Block> {
  llvm::ArrayRef<Stmt *> statements;
  Expr *value = nullptr;
};

/// One sequence of a scan: `z in x`.
struct ScanSource {
  Ident name;
  Expr *value = nullptr;
};

/// `scan a in e, m in f, remember every k steps { … }`: the block for each element of the
/// sequences. Its states are those that it declares itself, not those of blocks in it.
struct ScanExpr : ExprOf<ExprKind::Scan> {
  llvm::ArrayRef<ScanSource> sources; ///< at least one
  Expr *every = nullptr;              ///< after `remember every`; null: not given
  BlockExpr *body = nullptr;
};

/// The part of a body that computes its value, for messages: the last expression of a block, the
/// last stage of a pipe.
inline const Expr *valueOf(const Expr *e) {
  for (;;) {
    if (auto *block = llvm::dyn_cast<BlockExpr>(e); block && block->value)
      e = block->value;
    else if (auto *pipe = llvm::dyn_cast<PipeExpr>(e))
      e = pipe->rhs;
    else
      return e;
  }
}

} // namespace nnc::ast
