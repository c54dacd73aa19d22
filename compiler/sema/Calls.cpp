// Checks callees and their arguments: by position, by name, and through a pipe.
#include "compiler/sema/Analyzer.h"
#include "compiler/sema/data/SourceTable.h"

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
  if (name != "over")
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
  return name && name->name.text == "all";
}

void Analyzer::checkCall(const CallExpr &call, const Scope &scope, unsigned piped) {
  if (auto *name = dyn_cast<NameExpr>(call.callee)) {
    Target t = resolve(name->name.text, scope, true);
    if (t.kind == Target::Unknown) {
      if (!findSource(name->name.text))
        unknownName(name->name, scope, piped ? Wanted::Stage : Wanted::Function);
      else if (reported.insert(name->name.text).second)
        diags.error(name->range,
                    quoted(name->name.text) +
                        " reads data: it may only come after `data name =` and `test =`");
      return checkArgumentValues(call.args, scope, nullptr);
    }
    checkCallee(t, *name, &call, scope, piped);
    if (t.kind == Target::Structural && t.builtin->name == "class_weights" && !piped)
      return checkClassWeights(call, scope);
    return checkArgumentValues(call.args, scope, &t);
  }
  auto *inner = dyn_cast<CallExpr>(call.callee);
  if (!inner) {
    checkExpr(call.callee, scope);
    return checkArgumentValues(call.args, scope, nullptr);
  }
  // `dense(64)(x)`: the second list holds the inputs of the layer.
  checkCall(*inner, scope, 0);
  if (auto *name = dyn_cast<NameExpr>(inner->callee)) {
    Target t = resolve(name->name.text, scope, true);
    if (t.isDecl(StmtKind::Layer)) {
      auto *layer = cast<LayerDecl>(t.decl);
      if (layer->hasInputs && (!layer->params.empty() || inner->args.empty()))
        checkArguments(call.args, call.range, name->name.text, layer->name.range,
                       formalsOf(layer->inputs), piped);
    }
  }
  checkArgumentValues(call.args, scope, nullptr);
}

/// Checks what follows `|>` and the parts of `seq` and `repeat`: a layer, or a function whose first
/// argument is piped.
void Analyzer::checkApplied(const Expr *expr, const Scope &scope) {
  if (auto *call = dyn_cast<CallExpr>(expr))
    return checkCall(*call, scope, 1);
  if (isLiteral(expr)) {
    diags.error(expr->range, "a value cannot be applied; a layer or a function is expected here");
    return;
  }
  auto *name = dyn_cast<NameExpr>(expr);
  if (!name)
    return checkExpr(expr, scope);
  Target t = resolve(name->name.text, scope, true);
  if (t.kind == Target::Unknown)
    return unknownName(name->name, scope, Wanted::Stage);
  checkCallee(t, *name, nullptr, scope, 1);
}

void Analyzer::checkCallee(const Target &target, const NameExpr &name, const CallExpr *call,
                           const Scope &scope, unsigned piped) {
  ArrayRef<Argument> args = call ? call->args : ArrayRef<Argument>();
  Range where = call ? call->range : name.range;
  StringRef text = name.name.text;
  auto notCallable = [&](const Twine &what, Range declared) {
    auto e = diags.error(name.range, quoted(text) + " is " + what + " and cannot be applied");
    if (declared.isValid())
      e.note(declared, "declared here");
  };

  switch (target.kind) {
  case Target::Unknown:
  case Target::Ambient:
    return;
  case Target::Local:
    if (target.local->kind == LocalKind::Column || target.local->kind == LocalKind::Field)
      notCallable(target.local->kind == LocalKind::Column ? "a column" : "a field",
                  target.local->where);
    else if (target.local->kind == LocalKind::Axis || target.local->kind == LocalKind::Param ||
             target.local->kind == LocalKind::State)
      notCallable(target.local->kind == LocalKind::Axis ? "the size of an axis" : "a tensor",
                  target.local->where);
    return;
  case Target::Structural:
    return checkBuiltinArguments(args, where, *target.builtin,
                                 target.builtin->makesLayer() ? 0 : piped);
  case Target::Elementwise: {
    unsigned given = piped;
    for (const Argument &a : args) {
      if (a.name) {
        diags.error(a.name.range, quoted(text) + " has no named arguments");
        return;
      }
      ++given;
    }
    if (given != target.arity)
      diags.error(where, quoted(text) + " takes " + counted(target.arity, "argument") + ", not " +
                             Twine(given));
    return;
  }
  case Target::Declaration:
    break;
  }

  const Decl *decl = target.decl;
  use(decl, name.range, scope);
  Range declared = decl->name.range;
  switch (decl->kind) {
  case StmtKind::Let:
    if (holdsLiteral(decl))
      notCallable("a constant", declared);
    return;
  case StmtKind::Fn:
    return checkArguments(args, where, text, declared, formalsOf(cast<FnDecl>(decl)->params),
                          piped);
  case StmtKind::Metric:
    return checkArguments(args, where, text, declared, formalsOf(cast<MetricDecl>(decl)->params),
                          piped);
  case StmtKind::Model:
    return checkArguments(args, where, text, declared, formalsOf(cast<ModelDecl>(decl)->inputs),
                          piped);
  case StmtKind::Layer: {
    auto *layer = cast<LayerDecl>(decl);
    if (!layer->hasInputs || !layer->params.empty()) {
      checkArguments(args, where, text, declared, formalsOf(layer->params), 0);
      auto required =
          llvm::count_if(layer->inputs, [](const Parameter &p) { return !p.defaultValue; });
      if (piped && required > 1)
        diags
            .error(where,
                   quoted(text) + " takes " + counted(required, "input") + "; the pipe gives one")
            .note(declared, "declared here");
    } else if (!args.empty()) {
      checkArguments(args, where, text, declared, formalsOf(layer->inputs), piped);
    }
    return;
  }
  case StmtKind::Init:
  case StmtKind::Optimizer:
    if (piped)
      return notCallable(ast::inWords(decl->kind), declared);
    return checkArguments(args, where, text, declared,
                          formalsOf(decl->kind == StmtKind::Init
                                        ? cast<InitDecl>(decl)->params
                                        : cast<OptimizerDecl>(decl)->params),
                          0);
  default:
    return notCallable(ast::inWords(decl->kind), declared);
  }
}

void Analyzer::checkArguments(ArrayRef<Argument> args, Range where, StringRef callee,
                              Range declared, ArrayRef<Formal> formals, unsigned piped) {
  std::vector<Range> given(formals.size()); // where the argument of each formal is
  std::vector<bool> has(formals.size(), false);
  std::vector<StringRef> names;
  for (const Formal &f : formals)
    names.push_back(f.name);
  for (unsigned i = 0; i < piped && i < formals.size(); ++i)
    has[i] = true;

  size_t position = piped;
  const Argument *surplus = nullptr;
  bool wrong = false;
  for (const Argument &a : args) {
    if (enough())
      return;
    size_t at = position;
    if (a.name) {
      at = llvm::find(names, a.name.text) - names.begin();
      if (at == names.size()) {
        wrong = true;
        auto e =
            diags.error(a.name.range, quoted(callee) + " has no parameter " + quoted(a.name.text))
                .suggest(a.name.text, names);
        if (didYouMean(a.name.text, names).empty())
          e.note(declared,
                 names.empty() ? "it has no parameters" : "its parameters are " + listed(names));
        continue;
      }
    } else if (position++ >= formals.size()) {
      surplus = surplus ? surplus : &a;
      continue;
    }
    if (has[at]) {
      wrong = true;
      auto e = diags.error(a.range, quoted(names[at]) + " is given twice");
      if (at < piped)
        e.note("the pipe gives it too: `x |> f(a)` is `f(x, a)`");
      else
        e.note(given[at], "first given here");
    }
    has[at] = true;
    given[at] = a.range;
  }

  if (surplus || piped > formals.size()) {
    auto e = diags.error(
        surplus ? surplus->range : where,
        quoted(callee) + " takes " +
            (formals.empty() ? "no arguments" : "at most " + counted(formals.size(), "argument")) +
            ", but " + Twine(position) + (position == 1 ? " is given" : " are given"));
    e.note(declared, "declared here");
    if (piped)
      e.note("what is piped into a function is its first argument: `x |> f(a)` is `f(x, a)`");
    return;
  }
  if (wrong)
    return;
  std::vector<std::string> missing;
  for (size_t i = 0; i < formals.size(); ++i)
    if (formals[i].required && !has[i])
      missing.push_back(quoted(formals[i].name));
  if (!missing.empty()) {
    std::vector<StringRef> list(missing.begin(), missing.end());
    diags.error(where, quoted(callee) + " needs " + listed(list)).note(declared, "declared here");
  }
}

void Analyzer::checkBuiltinArguments(ArrayRef<Argument> args, Range where, const Builtin &builtin,
                                     unsigned piped) {
  unsigned given = piped;
  llvm::SmallVector<const Argument *, 4> named;
  for (const Argument &a : args) {
    if (enough())
      return;
    if (!a.name) {
      ++given;
      continue;
    }
    if (!llvm::is_contained(builtin.named, a.name.text)) {
      auto e = diags
                   .error(a.name.range,
                          quoted(builtin.name) + " has no parameter " + quoted(a.name.text))
                   .suggest(a.name.text, builtin.named);
      if (didYouMean(a.name.text, builtin.named).empty() && !builtin.named.empty())
        e.note("it may be given " + listed(builtin.named, "or") + " by name");
    }
    auto first =
        llvm::find_if(named, [&](const Argument *b) { return b->name.text == a.name.text; });
    if (first == named.end())
      named.push_back(&a);
    else
      diags.error(a.range, quoted(a.name.text) + " is given twice")
          .note((*first)->range, "first given here");
  }
  if (given >= builtin.min && given <= builtin.max)
    return;
  std::string wanted =
      builtin.max == Builtin::any ? "at least " + counted(builtin.min, "argument")
      : builtin.min == builtin.max
          ? counted(builtin.min, "argument")
          : std::to_string(builtin.min) + " to " + std::to_string(builtin.max) + " arguments";
  diags.error(where, quoted(builtin.name) + " takes " + wanted + ", not " + Twine(given));
}

/// The kind of declaration that an argument of a call must be, if the default of its parameter
/// determines it.
std::optional<StmtKind> Analyzer::parameterKind(const Target &target, StringRef name,
                                                size_t position) const {
  if (target.kind != Target::Declaration)
    return std::nullopt;
  const ArrayRef<Parameter> params = parametersOf(*target.decl);
  if (!name.empty())
    position = llvm::find_if(params, [&](const Parameter &p) { return p.name.text == name; }) -
               params.begin();
  return position < params.size()
             ? argumentKind(params[position].defaultValue, preludeSet.contains(target.decl))
             : std::nullopt;
}

void Analyzer::checkArgumentValues(ArrayRef<Argument> args, const Scope &scope,
                                   const Target *target) {
  unsigned position = 0;
  for (const Argument &a : args) {
    if (!a.value) {
      diags.error(a.range, "a shape may be only among the fields of `rows(…)`");
      continue;
    }
    argument = a.value;
    kindOfArgument = target ? parameterKind(*target, a.name.text, position) : std::nullopt;
    bool applied = !a.name && target && target->kind == Target::Structural &&
                   position >= target->builtin->layersFrom;
    position += !a.name;
    if (applied)
      checkApplied(a.value, scope);
    else if (a.name && namesAxes(a.name.text, target))
      checkAxes(a.value, scope);
    else
      checkExpr(a.value, scope);
  }
}

void Analyzer::checkKind(const Expr *expr, const Scope &scope, StmtKind wanted) {
  auto *call = dyn_cast<CallExpr>(expr);
  auto *name = dyn_cast<NameExpr>(call ? call->callee : expr);
  std::string word = ast::inWords(wanted).str();
  if (!name) {
    if (isLiteral(expr) || isa<UnaryExpr>(expr)) {
      auto e = diags.error(expr->range, word + " is expected here, not a value");
      if (auto *text = dyn_cast<StringExpr>(expr);
          text && llvm::is_contained(declaredNames(wanted, scope), text->value))
        e.note("a name has no quotes");
      return;
    }
    return checkExpr(expr, scope);
  }
  Target t = resolve(name->name.text, scope, true);
  std::vector<StringRef> candidates = declaredNames(wanted, scope);
  bool other =
      t.kind == Target::Declaration && t.decl->kind != wanted && t.decl->kind != StmtKind::Let;
  bool primitive = t.kind == Target::Structural || t.kind == Target::Elementwise;
  if (t.kind == Target::Unknown) {
    if (firstReport(name->name, scope, candidates)) {
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
    return call ? checkCall(*call, scope, 0) : checkName(*name, scope);
  }
  if (call)
    checkArgumentValues(call->args, scope, &t);
}

} // namespace nnc::sema
