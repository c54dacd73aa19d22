// Checks callees, and the values of their arguments.
#include "compiler/sema/expressions/Calls.h"

#include "compiler/ast/Facts.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/data/Data.h"
#include "compiler/sema/data/Fields.h"
#include "compiler/sema/data/SourceTable.h"
#include "compiler/sema/expressions/Expressions.h"
#include "compiler/sema/names/Suggestions.h"

#include "llvm/ADT/STLExtras.h"

using llvm::ArrayRef;
using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;
using llvm::Twine;

namespace nnc::sema {
using namespace ast;

namespace {

llvm::SmallVector<Formal, 8> formalsOf(ArrayRef<Parameter> params) {
  llvm::SmallVector<Formal, 8> formals;
  for (const Parameter &p : params)
    formals.push_back({p.name.text, p.defaultValue == nullptr});
  return formals;
}

bool isLiteral(const Expr *e) { return isa<NumberExpr, StringExpr, BoolExpr, ListExpr>(e); }

/// The parameters of a call with arguments (for a layer, of its first call).
ArrayRef<Parameter> parametersOf(const Decl &decl) {
  if (auto *fn = dyn_cast<FnDecl>(&decl))
    return fn->params;
  if (auto *layer = dyn_cast<LayerDecl>(&decl))
    return layer->params;
  if (auto *metric = dyn_cast<MetricDecl>(&decl))
    return metric->params;
  if (auto *init = dyn_cast<InitDecl>(&decl))
    return init->params;
  if (auto *optimizer = dyn_cast<OptimizerDecl>(&decl))
    return optimizer->params;
  return {};
}

/// Whether the argument `name =` of a call names axes: `over` of a builtin, or of a declaration
/// whose parameter defaults to `all`.
bool namesAxes(StringRef name, const Target *target) {
  if (name != overArgument)
    return false;
  if (!target || target->kind != Target::Declaration)
    return true;
  for (const Parameter &p : parametersOf(*target->decl))
    if (p.name.text == name)
      return takesAxes(p);
  return true;
}

} // namespace

bool holdsLiteral(const Decl *decl) {
  auto *let = dyn_cast<LetDecl>(decl);
  return let && let->value && isLiteral(let->value);
}

bool takesAxes(const Parameter &parameter) {
  auto *name = llvm::dyn_cast_or_null<NameExpr>(parameter.defaultValue);
  return name && name->name.text == nameOf(AmbientKind::All);
}

void CallChecker::check(const CallExpr &call, const Scope &scope, unsigned piped) {
  if (auto *name = dyn_cast<NameExpr>(call.callee)) {
    Target t = resolve(name->name.text, scope, true);
    if (t.kind == Target::Unknown) {
      if (!findSource(name->name.text))
        NameSuggester(shared).unknownName(name->name, scope,
                                          piped ? Wanted::Stage : Wanted::Function);
      else if (shared.reported.insert(name->name.text).second)
        diags.error(name->range,
                    quoted(name->name.text) +
                        " reads data: it may only come after `data name =` and `test =`");
      return checkArgumentValues(call.args, scope, nullptr);
    }
    checkCallee(t, {*name, call.args, call.range, piped}, scope);
    if (t.kind == Target::Structural && t.builtin->kind == BuiltinKind::ClassWeights && !piped)
      return FieldChecker(shared).checkClassWeights(call, scope);
    if (t.kind == Target::Structural && t.builtin->kind == BuiltinKind::Denormalize && !piped)
      return FieldChecker(shared).checkDenormalize(call, scope);
    if (t.isDecl(StmtKind::Metric) && factOf(t.decl, "compares"))
      FieldChecker(shared).noteCompared(call, scope);
    return checkArgumentValues(call.args, scope, &t);
  }
  if (auto *field = dyn_cast<FieldExpr>(call.callee))
    if (auto *name = dyn_cast<NameExpr>(field->base))
      if (Target t = resolve(name->name.text, scope, true); t.isDecl(StmtKind::Data))
        return checkDataCall(call, *field, *cast<DataDecl>(t.decl), scope);
  auto *inner = dyn_cast<CallExpr>(call.callee);
  if (!inner) {
    checkExpr(call.callee, scope);
    return checkArgumentValues(call.args, scope, nullptr);
  }
  // `dense(64)(x)`: the second list holds the inputs of the layer.
  check(*inner, scope, 0);
  if (auto *name = dyn_cast<NameExpr>(inner->callee)) {
    Target t = resolve(name->name.text, scope, true);
    if (t.isDecl(StmtKind::Layer)) {
      auto *layer = cast<LayerDecl>(t.decl);
      if (layer->hasInputs && (!layer->params.empty() || inner->args.empty()))
        ArgumentChecker(shared).check(call.args, call.range, name->name.text, layer->name.range,
                                      formalsOf(layer->inputs), piped);
    }
  }
  checkArgumentValues(call.args, scope, nullptr);
}

/// Checks `plays.numbers("…")` and `plays.text(…)`, which only texts have.
void CallChecker::checkDataCall(const CallExpr &call, const FieldExpr &field, const DataDecl &data,
                                const Scope &scope) {
  const StringRef method = field.field.text;
  if (method != numbersMethod && method != textMethod) {
    diags
        .error(field.range, quoted(data.name.text) + " is a data set, which cannot be called by " +
                                quoted(method))
        .note("of a text there are `" + data.name.text + ".numbers(\"…\")` and, to print, `" +
              data.name.text + ".text(…)`");
  } else if (const DataInfo &info = DataChecker(shared).infoOf(data, nullptr);
             info.source.sound && info.source.kind != NN_TEXT) {
    diags
        .error(field.range, quoted(data.name.text) + " is no text, and has no characters to number")
        .note(data.name.range, "declared here; `text(\"file\", length = 64)` reads a text");
  } else if (call.args.size() != 1 || call.args[0].name) {
    diags.error(call.range,
                quoted(method) + (method == numbersMethod ? " takes one text in quotes"
                                                          : " takes one tensor of class numbers"));
  }
  checkArgumentValues(call.args, scope, nullptr);
}

/// Checks what follows `|>` and the parts of `seq` and `repeat`: a layer, or a function whose first
/// argument is piped.
void CallChecker::checkApplied(const Expr *expr, const Scope &scope) {
  if (auto *call = dyn_cast<CallExpr>(expr))
    return check(*call, scope, 1);
  if (isLiteral(expr)) {
    diags.error(expr->range, "a value cannot be applied; a layer or a function is expected here");
    return;
  }
  auto *name = dyn_cast<NameExpr>(expr);
  if (!name)
    return checkExpr(expr, scope);
  Target t = resolve(name->name.text, scope, true);
  if (t.kind == Target::Unknown)
    return NameSuggester(shared).unknownName(name->name, scope, Wanted::Stage);
  checkCallee(t, {*name, {}, name->range, 1}, scope);
}

/// Checks a callee and the number and names of its arguments.
void CallChecker::checkCallee(const Target &target, const Applied &use, const Scope &scope) {
  switch (target.kind) {
  case Target::Unknown:
  case Target::Ambient:
    return;
  case Target::Local:
    return checkLocal(*target.local, use);
  case Target::Structural:
    return ArgumentChecker(shared).checkBuiltin(use.args, use.where, *target.builtin,
                                                target.builtin->makesLayer() ? 0 : use.piped);
  case Target::Elementwise:
    return checkElementwise(target.arity, use);
  case Target::Declaration:
    NameResolver(shared).use(target.decl, use.name.range, scope);
    return checkDeclared(*target.decl, use);
  }
}

void CallChecker::notCallable(const Twine &what, Range declared, const Applied &use) {
  auto e =
      diags.error(use.name.range, quoted(use.text()) + " is " + what + " and cannot be applied");
  if (declared.isValid())
    e.note(declared, "declared here");
}

void CallChecker::checkLocal(const Local &local, const Applied &use) {
  if (local.kind == LocalKind::Column || local.kind == LocalKind::Field)
    notCallable(local.kind == LocalKind::Column ? "a column" : "a field", local.where, use);
  else if (local.kind == LocalKind::Axis || local.kind == LocalKind::Param ||
           local.kind == LocalKind::State)
    notCallable(local.kind == LocalKind::Axis ? "the size of an axis" : "a tensor", local.where,
                use);
}

void CallChecker::checkElementwise(unsigned arity, const Applied &use) {
  unsigned given = use.piped;
  for (const Argument &a : use.args) {
    if (a.name) {
      diags.error(a.name.range, quoted(use.text()) + " has no named arguments");
      return;
    }
    ++given;
  }
  if (given != arity)
    diags.error(use.where, quoted(use.text()) + " takes " + counted(arity, "argument") + ", not " +
                               Twine(given));
}

void CallChecker::checkDeclared(const Decl &decl, const Applied &use) {
  switch (decl.kind) {
  case StmtKind::Let:
    if (holdsLiteral(&decl))
      notCallable("a constant", decl.name.range, use);
    return;
  case StmtKind::Fn:
  case StmtKind::Metric:
    return checkParameters(parametersOf(decl), decl, use, use.piped);
  case StmtKind::Model:
    return checkParameters(cast<ModelDecl>(decl).inputs, decl, use, use.piped);
  case StmtKind::Layer:
    return checkLayer(cast<LayerDecl>(decl), use);
  case StmtKind::Init:
  case StmtKind::Optimizer:
    if (use.piped)
      return notCallable(ast::inWords(decl.kind), decl.name.range, use);
    return checkParameters(parametersOf(decl), decl, use, 0);
  default:
    return notCallable(ast::inWords(decl.kind), decl.name.range, use);
  }
}

void CallChecker::checkLayer(const LayerDecl &layer, const Applied &use) {
  if (!layer.hasInputs || !layer.params.empty()) {
    checkParameters(layer.params, layer, use, 0);
    auto required =
        llvm::count_if(layer.inputs, [](const Parameter &p) { return !p.defaultValue; });
    if (use.piped && required > 1)
      diags
          .error(use.where, quoted(use.text()) + " takes " + counted(required, "input") +
                                "; the pipe gives one")
          .note(layer.name.range, "declared here");
  } else if (!use.args.empty()) {
    checkParameters(layer.inputs, layer, use, use.piped);
  }
}

void CallChecker::checkParameters(ArrayRef<Parameter> params, const Decl &decl, const Applied &use,
                                  unsigned piped) {
  ArgumentChecker(shared).check(use.args, use.where, use.text(), decl.name.range, formalsOf(params),
                                piped);
}

/// The kind of declaration that an argument of a call must be, if the default of its parameter
/// determines it.
std::optional<StmtKind> CallChecker::parameterKind(const Target &target, StringRef name,
                                                   size_t position) const {
  if (target.kind != Target::Declaration)
    return std::nullopt;
  const ArrayRef<Parameter> params = parametersOf(*target.decl);
  if (!name.empty())
    position = llvm::find_if(params, [&](const Parameter &p) { return p.name.text == name; }) -
               params.begin();
  return position < params.size()
             ? argumentKind(params[position].defaultValue, shared.preludeSet.contains(target.decl))
             : std::nullopt;
}

void CallChecker::checkArgumentValues(ArrayRef<Argument> args, const Scope &scope,
                                      const Target *target) {
  unsigned position = 0;
  for (const Argument &a : args) {
    if (!a.value) {
      diags.error(a.range, "a shape may be only among the fields of `rows(…)`");
      continue;
    }
    shared.argument = a.value;
    shared.kindOfArgument = target ? parameterKind(*target, a.name.text, position) : std::nullopt;
    bool applied = !a.name && target && target->kind == Target::Structural &&
                   position >= target->builtin->layersFrom;
    position += !a.name;
    if (applied)
      checkApplied(a.value, scope);
    else if (a.name && namesAxes(a.name.text, target))
      ExprChecker(shared).checkAxes(a.value, scope);
    else
      checkExpr(a.value, scope);
  }
}

void CallChecker::checkKind(const Expr *expr, const Scope &scope, StmtKind wanted) {
  auto *call = dyn_cast<CallExpr>(expr);
  auto *name = dyn_cast<NameExpr>(call ? call->callee : expr);
  std::string word = ast::inWords(wanted).str();
  if (!name) {
    if (isLiteral(expr) || isa<UnaryExpr>(expr)) {
      auto e = diags.error(expr->range, word + " is expected here, not a value");
      if (auto *text = dyn_cast<StringExpr>(expr);
          text &&
          llvm::is_contained(NameSuggester(shared).declaredNames(wanted, scope), text->value))
        e.note("a name has no quotes");
      return;
    }
    return checkExpr(expr, scope);
  }
  Target t = resolve(name->name.text, scope, true);
  std::vector<StringRef> candidates = NameSuggester(shared).declaredNames(wanted, scope);
  bool other =
      t.kind == Target::Declaration && t.decl->kind != wanted && t.decl->kind != StmtKind::Let;
  bool primitive = t.kind == Target::Structural || t.kind == Target::Elementwise;
  if (t.kind == Target::Unknown) {
    if (NameSuggester(shared).firstReport(name->name, scope, candidates)) {
      auto e = diags
                   .error(name->range, "unknown " + StringRef(word).split(' ').second + " " +
                                           quoted(name->name.text))
                   .suggest(name->name.text, candidates);
      if (didYouMean(name->name.text, candidates).empty())
        e.note("there are " + listed(candidates));
    }
  } else if (other || primitive || (t.kind == Target::Declaration && holdsLiteral(t.decl))) {
    auto e = diags
                 .error(name->range,
                        quoted(name->name.text) + " is " +
                            (primitive ? StringRef("a function") : ast::inWords(t.decl->kind)) +
                            "; " + word + " is expected here")
                 .suggest(name->name.text, candidates);
    if (other)
      e.note(t.decl->name.range, "declared here");
  } else {
    return call ? check(*call, scope, 0) : ExprChecker(shared).checkName(*name, scope);
  }
  if (call)
    checkArgumentValues(call->args, scope, &t);
}

/// The kind of declaration that an argument must be, by the default of its parameter: `weights =
/// glorot` needs an initializer.
std::optional<StmtKind> CallChecker::argumentKind(const Expr *defaultValue, bool prelude) const {
  auto *call = llvm::dyn_cast_or_null<CallExpr>(defaultValue);
  auto *name = llvm::dyn_cast_or_null<NameExpr>(call ? call->callee : defaultValue);
  const Decl *decl = name ? symbols.find(name->name.text, prelude) : nullptr;
  if (decl && (decl->kind == StmtKind::Init || decl->kind == StmtKind::Optimizer))
    return decl->kind;
  return std::nullopt;
}

} // namespace nnc::sema
