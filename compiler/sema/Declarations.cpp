// Collects the declarations of a program and checks the rules of each.
#include "compiler/sema/Declarations.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/data/Data.h"
#include "compiler/sema/names/Names.h"

#include "runtime/ask.h"

using llvm::ArrayRef;
using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;

namespace nnc::sema {
using namespace ast;

void DeclChecker::collect(const Program &program, bool prelude) {
  for (const Stmt *s : program.statements)
    if (auto *d = dyn_cast<Decl>(s))
      declare(d->name, d, prelude);
}

void DeclChecker::declare(const Ident &name, const Decl *decl, bool prelude) {
  if (name.empty())
    return;
  auto &table = prelude ? symbols.prelude : symbols.user;
  auto [it, fresh] = table.try_emplace(name.text, decl);
  if (!fresh) {
    diags.error(name.range, quoted(name.text) + " is declared twice")
        .note(it->second->name.range, "first declared here");
    return;
  }
  (prelude ? shared.preludeDecls : shared.userDecls).push_back(decl);
}

void DeclChecker::check(const Decl &decl, const Scope *outer, bool prelude) {
  Context context = shared.topContext;
  context.prelude = prelude;
  context.owner = &decl;
  Scope scope(outer, context);
  switch (decl.kind) {
  case StmtKind::Let:
    return checkLet(cast<LetDecl>(decl), scope);
  case StmtKind::Option:
    return checkOption(cast<OptionDecl>(decl));
  case StmtKind::Data:
    DataChecker(shared).infoOf(cast<DataDecl>(decl), outer);
    return;
  case StmtKind::Fn: {
    auto &fn = cast<FnDecl>(decl);
    context.at = AtFunction;
    checkParameters(fn.params, scope);
    checkShapes(fn.params, scope);
    checkExpr(fn.body, scope);
    // The derivative may be written in terms of the function itself: σ' = σ (1 - σ).
    context.owner = nullptr;
    return checkExpr(fn.derivative, scope);
  }
  case StmtKind::Metric: {
    auto &metric = cast<MetricDecl>(decl);
    context.at = AtMetric;
    checkParameters(metric.params, scope);
    checkShapes(metric.params, scope);
    return checkExpr(metric.body, scope);
  }
  case StmtKind::Layer: {
    auto &layer = cast<LayerDecl>(decl);
    context.at = AtLayer;
    checkParameters(layer.params, scope);
    checkShapes(layer.params, scope);
    checkParameters(layer.inputs, scope);
    checkShapes(layer.inputs, scope);
    checkShape(layer.result, scope);
    return checkExpr(layer.body, scope);
  }
  case StmtKind::Model: {
    auto &model = cast<ModelDecl>(decl);
    context.at = AtModel;
    checkParameters(model.inputs, scope);
    checkShapes(model.inputs, scope);
    checkShape(model.result, scope);
    return checkExpr(model.body, scope);
  }
  case StmtKind::Init: {
    auto &init = cast<InitDecl>(decl);
    context.at = AtInit;
    checkParameters(init.params, scope);
    checkExpr(init.body, scope);
    context.at = AtFit;
    return checkExpr(init.fit, scope);
  }
  case StmtKind::Optimizer: {
    auto &optimizer = cast<OptimizerDecl>(decl);
    context.at = AtOptimizer;
    checkParameters(optimizer.params, scope);
    return checkExpr(optimizer.body, scope);
  }
  default:
    return;
  }
}

/// A default value may use the parameters before it: `max_pool(x, size, stride = size)`.
void DeclChecker::checkParameters(ArrayRef<Parameter> params, Scope &scope) {
  for (const Parameter &p : params) {
    checkExpr(p.defaultValue, scope);
    NameResolver(shared).addLocal(p.name, LocalKind::Value, scope);
  }
}

/// Checks the shapes of inputs. A bare name in a shape is a constant if it names a parameter or a
/// constant of the program. Otherwise it names the axis, and the same name in another shape means
/// the same size.
void DeclChecker::checkShapes(ArrayRef<Parameter> params, Scope &scope) {
  for (const Parameter &p : params) {
    if (!p.shape)
      continue;
    for (const Expr *dim : p.shape->dims) {
      auto *name = dyn_cast<NameExpr>(dim);
      if (!name || scope.find(name->name.text))
        continue;
      const Decl *d = scope.context().prelude ? nullptr : symbols.user.lookup(name->name.text);
      if (!d || !isa<LetDecl, OptionDecl>(d))
        scope.add({name->name.text, LocalKind::Axis, name->range, nullptr});
    }
  }
  for (const Parameter &p : params)
    checkShape(p.shape, scope);
}

void DeclChecker::checkShape(const Shape *shape, Scope &scope) {
  if (!shape)
    return;
  const Expr *dots = nullptr;
  for (const Expr *dim : shape->dims) {
    if (isa<EllipsisExpr>(dim)) {
      if (dots)
        diags.error(dim->range, "`...` is twice in one shape").note(dots->range, "first here");
      dots = dim;
    } else {
      checkExpr(dim, scope);
    }
  }
}

void DeclChecker::checkOption(const OptionDecl &decl) {
  if (nn_is_flag(decl.name.text.str()))
    diags.error(decl.name.range, "every trainer has a flag `--" + decl.name.text +
                                     "` already: the option `" + decl.name.text +
                                     "` needs another name");
  const Expr *e = decl.defaultValue;
  if (auto *u = llvm::dyn_cast_or_null<UnaryExpr>(e); u && u->op == UnaryOp::Neg)
    e = isa<NumberExpr>(u->operand) ? u->operand : e;
  if (!e || isa<BoolExpr>(e))
    return;
  auto *n = dyn_cast<NumberExpr>(e);
  if (!n)
    diags.error(e->range, "an option's default is a number, `true` or `false`")
        .note("it can be replaced on the command line, so that nothing is computed from it here");
  else if (n->unit != Unit::None)
    diags.error(e->range, "an option's default has no unit")
        .note("write the unit where the option is used, or count in epochs or steps there");
}

void DeclChecker::checkLet(const LetDecl &decl, Scope &scope) {
  if (decl.drawn) {
    diags.error(decl.range, "`~` draws a value only in the blocks of `search` and `compare`")
        .note("a constant is written with `=`");
    return;
  }
  checkExpr(decl.value, scope);
}

} // namespace nnc::sema
