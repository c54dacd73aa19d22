// The nodes for declarations: statements that give a name to something.
#pragma once
#include "compiler/ast/Stmt.h"

namespace nnc::ast {

struct Decl : Stmt {
  Ident name;
  llvm::StringRef doc; ///< the `##` lines above, without the `##`, joined by newlines; empty: none

  static bool classof(const Stmt *s) {
    return s->kind >= StmtKind::Let && s->kind <= StmtKind::Data;
  }

protected:
  explicit Decl(StmtKind kind) : Stmt(kind) {}
};

template <StmtKind K> struct DeclOf : Decl {
  DeclOf() : Decl(K) {}
  static bool classof(const Stmt *s) { return s->kind == K; }
};

/// `let hidden = 256`; in search and compare also `let units ~ choice(64, 128)`.
struct LetDecl : DeclOf<StmtKind::Let> {
  Expr *value = nullptr;
  bool drawn = false; ///< `~` rather than `=`
};

/// `option epochs = 20 "passes over the training set"`
struct OptionDecl : DeclOf<StmtKind::Option> {
  Expr *defaultValue = nullptr;
  llvm::StringRef help; ///< empty: none given
};

/// `fn sigmoid(z) = 1 / (1 + exp(-z)) derivative sigmoid(z) * (1 - sigmoid(z))`, or `fn f(…) {…}`.
struct FnDecl : DeclOf<StmtKind::Fn> {
  llvm::ArrayRef<Parameter> params;
  Expr *body = nullptr;       ///< a BlockExpr for the form with braces
  Expr *derivative = nullptr; ///< null: none given
};

/// `layer dense(units, bias = zeros)(x: [n]) -> [units] { … }`, `layer residual(f)(x) = x + f(x)`.
/// The first list holds the hyper-parameters, the second the inputs. A single list holds the inputs
/// if one of them has a shape (`layer twice(x: [n]) = 2 * x`). Otherwise it holds the
/// hyper-parameters, and the value of the body is itself a layer.
struct LayerDecl : DeclOf<StmtKind::Layer> {
  llvm::ArrayRef<Parameter> params;
  llvm::ArrayRef<Parameter> inputs;
  bool hasInputs = false;  ///< false: no list of inputs
  Shape *result = nullptr; ///< null: none given
  Expr *body = nullptr;    ///< a BlockExpr for the form with braces
};

/// `init normal(std = 0.05) = std * random_normal(shape)`, `init scaled = he fit theta /
/// sqrt(var(output))`
struct InitDecl : DeclOf<StmtKind::Init> {
  llvm::ArrayRef<Parameter> params;
  Expr *body = nullptr;
  Expr *fit = nullptr; ///< recomputes the drawn value on the first batch; null: it stays as drawn
};

/// `optimizer sgd(lr = 0.1) { theta <- theta - lr * grad }`
struct OptimizerDecl : DeclOf<StmtKind::Optimizer> {
  llvm::ArrayRef<Parameter> params;
  BlockExpr *body = nullptr;
};

/// `metric accuracy(logits, label) highest = argmax(logits) == label`
struct MetricDecl : DeclOf<StmtKind::Metric> {
  llvm::ArrayRef<Parameter> params;
  Direction direction = Direction::None;
  Expr *body = nullptr;
};

/// `model classifier(x: [784]) -> [10] { … }`
struct ModelDecl : DeclOf<StmtKind::Model> {
  llvm::ArrayRef<Parameter> inputs;
  Shape *result = nullptr; ///< null: none given
  Expr *body = nullptr;
};

/// `data digits = csv("digits.csv") { … }`
struct DataDecl : DeclOf<StmtKind::Data> {
  Expr *source = nullptr; ///< a CallExpr in every valid program; sema checks this
  llvm::ArrayRef<Entry *> entries;
};

} // namespace nnc::ast
