// Checks expressions: operands, names, fields, axes and ranges.
#include "compiler/sema/expressions/Expressions.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/data/Data.h"
#include "compiler/sema/data/Splits.h"
#include "compiler/sema/expressions/Blocks.h"
#include "compiler/sema/expressions/Calls.h"
#include "compiler/sema/expressions/Scans.h"
#include "compiler/sema/names/Names.h"
#include "compiler/sema/names/Places.h"

#include "llvm/ADT/STLExtras.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void ExprChecker::check(const Expr *expr, const Scope &scope) {
  if (!expr || shared.enough())
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
      check(e, scope);
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
    check(i->condition, scope);
    check(i->then, scope);
    return check(i->otherwise, scope);
  }
  case ExprKind::Call:
    return CallChecker(shared).check(*cast<CallExpr>(expr), scope, 0);
  case ExprKind::Index: {
    auto *i = cast<IndexExpr>(expr);
    checkOperand(i->base, scope);
    for (const Expr *e : i->indices)
      check(e, scope);
    return;
  }
  case ExprKind::Field:
    return checkField(*cast<FieldExpr>(expr), scope);
  case ExprKind::Transpose:
    return checkOperand(cast<TransposeExpr>(expr)->operand, scope);
  case ExprKind::Pipe: {
    PlaceChecker(shared).checkStages(cast<PipeExpr>(expr));
    llvm::SmallVector<const Expr *, 8> stages;
    for (; auto *p = dyn_cast<PipeExpr>(expr); expr = p->lhs)
      stages.push_back(p->rhs);
    checkOperand(expr, scope);
    for (const Expr *e : llvm::reverse(stages))
      CallChecker(shared).checkApplied(e, scope);
    return;
  }
  case ExprKind::Block:
    return BlockChecker(shared).check(*cast<BlockExpr>(expr), scope);
  case ExprKind::Scan:
    return ScanChecker(shared).check(*cast<ScanExpr>(expr), scope);
  }
}

/// Checks an operand of an operator, an index or a pipe: it must be a value, not a function.
void ExprChecker::checkOperand(const Expr *expr, const Scope &scope) {
  if (auto *name = llvm::dyn_cast_or_null<NameExpr>(expr))
    return checkName(*name, scope, Wanted::Value);
  check(expr, scope);
}

void ExprChecker::checkName(const NameExpr &name, const Scope &scope, Wanted wanted) {
  Target t = resolve(name.name.text, scope);
  if (t.kind == Target::Unknown)
    return NameSuggester(shared).unknownName(name.name, scope, wanted);
  if (t.kind == Target::Local && t.local->kind == LocalKind::OfStep) {
    diags
        .error(name.range,
               quoted(name.name.text) + " is of one step, and a state starts before the first step")
        .note(t.local->where, "declared here, in the scan's block")
        .note("the start is computed from what is known outside of the scan");
    return;
  }
  if (t.kind != Target::Declaration)
    return;
  NameResolver(shared).use(t.decl, name.range, scope);
  if (t.decl->kind == StmtKind::Data && shared.reported.insert(name.name.text).second)
    diags.error(name.range, quoted(name.name.text) + " is a data set, which has no value here")
        .note(t.decl->name.range, "declared here")
        .note("a run names it: `train … on " + name.name.text +
              "`; its fields are named in the run's block");
}

/// Checks the value of `over =`. Names in it are axis names, unless they are in scope as values
/// (`over = over`).
void ExprChecker::checkAxes(const Expr *expr, const Scope &scope) {
  if (auto *list = dyn_cast<ListExpr>(expr)) {
    for (const Expr *e : list->elements)
      checkAxes(e, scope);
  } else if (auto *choice = dyn_cast<IfExpr>(expr)) {
    check(choice->condition, scope);
    checkAxes(choice->then, scope);
    if (choice->otherwise)
      checkAxes(choice->otherwise, scope);
  } else if (!isa<NameExpr>(expr)) {
    check(expr, scope);
  }
}

/// `c1 .. c13` between columns is a range of columns in the order of their file. Elsewhere it is a
/// range of numbers.
void ExprChecker::checkRange(const RangeOfExpr &range, const Scope &scope) {
  check(range.first, scope);
  check(range.last, scope);
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

void ExprChecker::checkField(const FieldExpr &field, const Scope &scope) {
  auto *base = dyn_cast<NameExpr>(field.base);
  if (!base)
    return check(field.base, scope);
  StringRef name = base->name.text;
  Target t = resolve(name, scope);
  if (t.isDecl(StmtKind::Model)) {
    NameResolver(shared).use(t.decl, base->range, scope);
    return PlaceChecker(shared).checkPlace(*cast<ModelDecl>(t.decl), field.field);
  }
  if (t.isDecl(StmtKind::Data) && field.field.text == "classes") {
    const DataInfo &info = DataChecker(shared).infoOf(*cast<DataDecl>(t.decl), nullptr);
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
    if (scope.context().at & (AtTrain | AtPart) && findSplit(field.field.text) == NN_SPLIT_TEST)
      e.note("training never sees the test split; `evaluate … on " + name +
             ".test` judges the result");
    return;
  }
  // A value of a run: `plot val.loss`.
  if (t.kind == Target::Unknown && scope.context().at == AtTop && findSplit(name))
    return;
  check(base, scope);
}

} // namespace nnc::sema
