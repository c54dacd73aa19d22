// Checks expressions and resolves the names in them.
#include "compiler/sema/Analyzer.h"

#include "llvm/ADT/STLExtras.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

/// Resolves from the innermost scope outwards: the block and its surroundings, names that this kind
/// of body provides, the program's declarations, names provided everywhere, the prelude,
/// primitives.
Target Analyzer::resolve(StringRef name, const Scope &scope, bool callee) const {
  const Context &context = scope.context();
  Target t;
  if (const sema::Local *l = scope.find(name)) {
    t.kind = l->kind == LocalKind::Declaration ? Target::Declaration : Target::Local;
    if (l->kind == LocalKind::Result)
      symbols.mentions[current].insert(name.str());
    t.local = l;
    t.decl = l->decl;
    return t;
  }
  // `grad(e, w)` is a function even where `grad` is a value.
  const sema::Ambient *ambient = callee ? nullptr : findAmbient(name);
  if (ambient && !(ambient->where & context.at))
    ambient = nullptr;
  t.kind = Target::Ambient;
  if (ambient && ambient->hides)
    return t;
  t.kind = Target::Declaration;
  if (!context.prelude && (t.decl = symbols.user.lookup(name)))
    return t;
  if (ambient) {
    t.kind = Target::Ambient;
    return t;
  }
  if ((t.decl = symbols.prelude.lookup(name)))
    return t;
  if ((t.builtin = findBuiltin(name))) {
    t.kind = Target::Structural;
    return t;
  }
  if (auto arity = elementwiseArity(name)) {
    t.kind = Target::Elementwise;
    t.arity = *arity;
    return t;
  }
  t.kind = Target::Unknown;
  return t;
}

void Analyzer::use(const Decl *decl, Range where, const Scope &scope) {
  if (const Decl *owner = scope.context().owner)
    uses[owner].push_back({decl, where});
}

void Analyzer::checkExpr(const Expr *expr, const Scope &scope) {
  if (!expr || enough())
    return;
  switch (expr->kind) {
  case ExprKind::Number:
  case ExprKind::String:
  case ExprKind::Bool:
  case ExprKind::Ellipsis:
    return;
  case ExprKind::Name:
    return checkName(*cast<NameExpr>(expr), scope);
  case ExprKind::List:
    for (const Expr *e : cast<ListExpr>(expr)->elements)
      checkExpr(e, scope);
    return;
  case ExprKind::RangeOf:
    return checkRange(*cast<RangeOfExpr>(expr), scope);
  case ExprKind::Unary:
    return checkOperand(cast<UnaryExpr>(expr)->operand, scope);
  case ExprKind::Binary: {
    // Long sums lean to the left: walk their spine in a loop, and their operands in source order.
    llvm::SmallVector<const Expr *, 8> operands;
    for (; auto *b = dyn_cast<BinaryExpr>(expr); expr = b->lhs)
      operands.push_back(b->rhs);
    checkOperand(expr, scope);
    for (const Expr *e : llvm::reverse(operands))
      checkOperand(e, scope);
    return;
  }
  case ExprKind::If: {
    auto *i = cast<IfExpr>(expr);
    checkExpr(i->condition, scope);
    checkExpr(i->then, scope);
    return checkExpr(i->otherwise, scope);
  }
  case ExprKind::Call:
    return checkCall(*cast<CallExpr>(expr), scope, 0);
  case ExprKind::Index: {
    auto *i = cast<IndexExpr>(expr);
    checkOperand(i->base, scope);
    for (const Expr *e : i->indices)
      checkExpr(e, scope);
    return;
  }
  case ExprKind::Field:
    return checkField(*cast<FieldExpr>(expr), scope);
  case ExprKind::Transpose:
    return checkOperand(cast<TransposeExpr>(expr)->operand, scope);
  case ExprKind::Pipe: {
    checkStages(cast<PipeExpr>(expr));
    llvm::SmallVector<const Expr *, 8> stages;
    for (; auto *p = dyn_cast<PipeExpr>(expr); expr = p->lhs)
      stages.push_back(p->rhs);
    checkOperand(expr, scope);
    for (const Expr *e : llvm::reverse(stages))
      checkApplied(e, scope);
    return;
  }
  case ExprKind::Block:
    return checkBlock(*cast<BlockExpr>(expr), scope);
  }
}

/// Checks an operand of an operator, an index or a pipe: it must be a value, not a function.
void Analyzer::checkOperand(const Expr *expr, const Scope &scope) {
  if (auto *name = llvm::dyn_cast_or_null<NameExpr>(expr))
    return checkName(*name, scope, Wanted::Value);
  checkExpr(expr, scope);
}

void Analyzer::checkName(const NameExpr &name, const Scope &scope, Wanted wanted) {
  Target t = resolve(name.name.text, scope);
  if (t.kind == Target::Unknown)
    return unknownName(name.name, scope, wanted);
  if (t.kind != Target::Declaration)
    return;
  use(t.decl, name.range, scope);
  if (t.decl->kind == StmtKind::Data && reported.insert(name.name.text).second)
    diags.error(name.range, quoted(name.name.text) + " is a data set, which has no value here")
        .note(t.decl->name.range, "declared here")
        .note("a run names it: `train … on " + name.name.text +
              "`; its fields are named in the run's block");
}

/// Checks the value of `over =`. Names in it are axis names, unless they are in scope as values
/// (`over = over`).
void Analyzer::checkAxes(const Expr *expr, const Scope &scope) {
  if (auto *list = dyn_cast<ListExpr>(expr)) {
    for (const Expr *e : list->elements)
      checkAxes(e, scope);
  } else if (auto *choice = dyn_cast<IfExpr>(expr)) {
    checkExpr(choice->condition, scope);
    checkAxes(choice->then, scope);
    if (choice->otherwise)
      checkAxes(choice->otherwise, scope);
  } else if (!isa<NameExpr>(expr)) {
    checkExpr(expr, scope);
  }
}

/// `c1 .. c13` between columns is a range of columns in the order of their file. Elsewhere it is a
/// range of numbers.
void Analyzer::checkRange(const RangeOfExpr &range, const Scope &scope) {
  checkExpr(range.first, scope);
  checkExpr(range.last, scope);
  auto *first = dyn_cast<NameExpr>(range.first), *last = dyn_cast<NameExpr>(range.last);
  const DataInfo *data = scope.context().data;
  if (!first || !last || !data || scope.context().at != AtColumns)
    return;
  int a = data->source.columnIndex(first->name.text), b = data->source.columnIndex(last->name.text);
  if (a > b && b >= 0)
    diags
        .error(range.range, "no columns in this range: " + quoted(first->name.text) +
                                " comes after " + quoted(last->name.text))
        .note("columns are in the order of their source: " + quoted(last->name.text) +
              " is number " + llvm::Twine(b + 1) + ", " + quoted(first->name.text) + " number " +
              llvm::Twine(a + 1));
}

void Analyzer::checkField(const FieldExpr &field, const Scope &scope) {
  auto *base = dyn_cast<NameExpr>(field.base);
  if (!base)
    return checkExpr(field.base, scope);
  StringRef name = base->name.text;
  Target t = resolve(name, scope);
  if (t.isDecl(StmtKind::Model)) {
    use(t.decl, base->range, scope);
    return checkPlace(*cast<ModelDecl>(t.decl), field.field);
  }
  if (t.isDecl(StmtKind::Data) && field.field.text == "classes") {
    const DataInfo &info = dataInfo(*cast<DataDecl>(t.decl), nullptr);
    auto known = [](const SourceInfo::Column &c) { return c.classes > 0; };
    if (info.source.sound && llvm::none_of(info.source.columns, known))
      diags
          .error(field.range,
                 "how many classes " + quoted(name) + " has is not known before the run")
          .note(info.decl->name.range, "it is known of `images` and `text`");
    return;
  }
  if (t.isDecl(StmtKind::Data)) {
    auto e = diags.error(field.range, quoted(name) + " is a data set, which has no value here");
    if (scope.context().at & (AtTrain | AtPart) && field.field.text == "test")
      e.note("training never sees the test split; `evaluate … on " + name +
             ".test` judges the result");
    return;
  }
  // A value of a run: `plot val.loss`.
  if (t.kind == Target::Unknown && scope.context().at == AtTop &&
      (name == "train" || name == "val" || name == "test"))
    return;
  checkExpr(base, scope);
}

} // namespace nnc::sema
