// Evaluates calls: binds arguments, calls functions (with stated derivatives), and applies pipes.
#include "compiler/irgen/eval/Elaborator.h"

#include "compiler/ast/Facts.h"
#include "compiler/sema/Builtins.h"

#include "mlir/IR/BuiltinTypes.h"
#include "llvm/Support/Format.h"
#include "llvm/Support/raw_ostream.h"

using namespace nnc;

std::vector<Arg> Calls::evaluateArgs(llvm::ArrayRef<ast::Argument> args, const Scope &scope) {
  std::vector<Arg> values;
  for (const ast::Argument &a : args) {
    Arg arg;
    arg.name = a.name.text.str();
    arg.range = a.value ? a.value->range : a.range;
    if (!a.value) {
      diags.error(a.range, "a shape may be only among the arguments of `rows`");
      arg.value = Value::error();
    } else if (arg.name == sema::overArgument) {
      arg.value = elab.axes.evaluate(a.value, scope);
    } else {
      arg.value = elab.evaluate(a.value, scope);
    }
    values.push_back(std::move(arg));
  }
  return values;
}

std::vector<Arg> Calls::evaluateParts(llvm::ArrayRef<ast::Argument> args, const Scope &scope) {
  std::vector<Arg> values;
  for (const ast::Argument &a : args) {
    auto *call = llvm::dyn_cast_or_null<ast::CallExpr>(a.value);
    auto *name = call ? llvm::dyn_cast<ast::NameExpr>(call->callee) : nullptr;
    Value callee =
        name && !sema::findPredefined(name->name.text) ? elab.evaluate(name, scope) : Value();
    if (callee.kind == Value::Kind::Applicable &&
        callee.target->kind == Applicable::Kind::Function) {
      auto later = std::make_shared<Applicable>(*callee.target);
      for (const Arg &given : evaluateArgs(call->args, scope))
        later->partial.emplace_back(given.name, given.value);
      values.push_back({a.name.text.str(), Value::of(later), a.range});
    } else {
      values.push_back(evaluateArgs(a, scope).front());
    }
  }
  return values;
}

bool Calls::bind(llvm::ArrayRef<ast::Parameter> params, llvm::ArrayRef<Arg> args, Scope &scope,
                 Range at, llvm::StringRef what) {
  size_t next = 0;
  for (const Arg &a : args) {
    if (a.value.isError())
      return false;
    const ast::Parameter *param = nullptr;
    if (a.name.empty()) {
      if (next < params.size())
        param = &params[next++];
    } else {
      for (const ast::Parameter &p : params)
        if (p.name.text == a.name)
          param = &p;
    }
    if (!param) {
      if (a.name.empty())
        diags.error(a.range, "`" + what + "` takes " + llvm::Twine(params.size()) +
                                 (params.size() == 1 ? " argument" : " arguments") +
                                 ", and this is one more");
      else
        diags.error(a.range, "`" + what + "` has no parameter `" + a.name + "`");
      return false;
    }
    const std::string name = param->name.text.str();
    if (scope.names.count(name)) {
      diags.error(a.range, "`" + name + "` is given twice");
      return false;
    }
    Value v = elab.arithmetic.inSteps(a.value, a.range);
    if (v.isError())
      return false;
    scope.names[name] = v;
  }
  for (const ast::Parameter &p : params) {
    const std::string name = p.name.text.str();
    if (scope.names.count(name))
      continue;
    if (!p.defaultValue) {
      diags.error(at, "`" + what + "` needs its argument `" + name + "`")
          .note(p.range, "declared here");
      return false;
    }
    Value v = name == sema::overArgument ? elab.axes.evaluate(p.defaultValue, scope)
                                         : elab.evaluate(p.defaultValue, scope);
    v = elab.arithmetic.inSteps(v, p.range);
    if (v.isError())
      return false;
    scope.names[name] = v;
  }
  return true;
}

/// Axis names that a call gave are only valid within that call.
static void forgetAxes(Value &v, unsigned frame) {
  const std::string own = std::to_string(frame);
  if (v.isTensor())
    for (std::string &axis : v.axes)
      if (axisFrame(axis) == own)
        axis.clear();
  for (Value &item : v.items)
    forgetAxes(item, frame);
}

/// Whether the known arguments are in the ranges that `decl` states (`## @within p 0 .. 1`).
/// Reports those that are not.
static bool keepsRanges(Diagnostics &diags, const ast::Decl *decl,
                        llvm::ArrayRef<ast::Parameter> params, llvm::ArrayRef<Arg> args,
                        const Scope &scope, Range at) {
  for (const ast::NamedRange &allowed : ast::rangesOf(decl, "within")) {
    const Value *v = scope.find(allowed.name);
    if (!v || !v->isKnown() || (v->number >= allowed.least && v->number <= allowed.most))
      continue;
    size_t position = 0;
    for (const Arg &a : args) {
      const bool isIt = a.name.empty()
                            ? position < params.size() && params[position].name.text == allowed.name
                            : a.name == allowed.name;
      at = isIt ? a.range : at;
      position += a.name.empty();
    }
    std::string message;
    llvm::raw_string_ostream(message)
        << "`" << allowed.name << "` of `" << decl->name.text << "` must be from "
        << llvm::format("%g", allowed.least) << " to " << llvm::format("%g", allowed.most)
        << ", not " << llvm::format("%g", v->number);
    diags.error(at, message);
    return false;
  }
  return true;
}

std::optional<Value> Calls::matchArguments(const ast::FnDecl *decl, const Applicable &f,
                                           Scope &scope, Range at) {
  for (const ast::Parameter &p : decl->params)
    if (p.shape) {
      Value input = fn->emit.argument(scope.names[p.name.text.str()], at);
      if (input.isUnavailable())
        return input;
      if (input.isError() || !elab.layers.matchShape(p, input, scope, at, f.name))
        return Value::error();
      scope.names[p.name.text.str()] = input;
    }
  return std::nullopt;
}

Value Calls::withDerivative(const ast::FnDecl *decl, const Applicable &f, const Value &y,
                            Scope &scope) {
  Value x = scope.names[decl->params[0].name.text.str()];
  if (!x.isTensor())
    return y;
  const void *outer = suppressedDerivative;
  suppressedDerivative = decl; // inside the stated derivative, the function itself is
                               // differentiated normally
  Value d = elab.evaluate(decl->derivative, scope);
  suppressedDerivative = outer;
  if (d.isError())
    return d;
  Value dTensor = fn->emit.toTensor(d, decl->derivative->range);
  if (dTensor.isError())
    return dTensor;
  auto type = llvm::cast<mlir::RankedTensorType>(x.tensor.getType());
  if (exampleShape(dTensor.tensor).empty() && dTensor.tensor.getType() != type)
    dTensor = Value::of(fn->emit.broadcast(dTensor.tensor, type,
                                           isBatched(dTensor.tensor) ? llvm::ArrayRef<int64_t>{0}
                                                                     : llvm::ArrayRef<int64_t>{}));
  if (y.tensor.getType() != type || dTensor.tensor.getType() != type)
    return fn->emit.shapeError(
        ast::valueOf(y.tensor.getType() != type ? decl->body : decl->derivative)->range,
        "a derivative is stated for each element: `" + f.name +
            "` must give the shape of its first argument, and so must its derivative",
        {x, y, dTensor},
        {decl->params[0].range, ast::valueOf(decl->body)->range,
         ast::valueOf(decl->derivative)->range});
  return Value::of(fn->emit.make<nn::WithDerivativeOp>(type, y.tensor, x.tensor, dTensor.tensor),
                   y.axes);
}

Value Calls::callFunction(const Applicable &f, llvm::ArrayRef<Arg> args, Range at) {
  auto *decl = llvm::cast<ast::FnDecl>(f.decl);
  Scope scope;
  scope.prelude = f.prelude;
  scope.frame = ++elab.frames;
  Elaborator::CallSite site(elab, f.prelude, at);
  std::vector<Arg> all(args.begin(), args.end());
  for (const auto &[name, value] : f.partial)
    all.push_back({name, value, at});
  if (!bind(decl->params, all, scope, at, f.name) ||
      !keepsRanges(diags, decl, decl->params, all, scope, at))
    return Value::error();
  Elaborator::Nesting nesting(elab, f.name, at);
  if (!nesting.allowed)
    return Value::error();
  fn->emit.beginCall();
  if (std::optional<Value> ends = matchArguments(decl, f, scope, at))
    return *ends;
  Elaborator::IgnoreGuard ignores(elab, decl, scope);
  if (!elab.noteTarget(decl, scope, at))
    return Value::error();
  elab.noteCompared(decl, decl->params, all, /*replace=*/false, at);
  // A stated derivative is also with respect to a separate variable, so that other uses of the
  // argument outside the function do not matter. Inside the derivative, the argument already is
  // that variable.
  if (decl->derivative && !decl->params.empty() && !decl->params[0].shape &&
      suppressedDerivative != decl)
    if (Value &first = scope.names[decl->params[0].name.text.str()]; first.isTensor())
      first = fn->emit.argument(first, at);
  Scope derivativeScope = scope;
  Value y;
  {
    Bodies::Schedule own{f.name, {}};
    Bodies::Entered body(elab.bodies, &own);
    y = elab.evaluate(decl->body, scope);
  }
  forgetAxes(y, scope.frame);
  if (y.isTensor() && ast::factOf(decl, "gives") == llvm::StringRef("probabilities"))
    fn->probabilities.insert(y.tensor);
  if (!decl->derivative || decl->params.empty() || !y.isTensor() || suppressedDerivative == decl)
    return y;
  y = withDerivative(decl, f, y, derivativeScope);
  if (y.isTensor() && fn->probabilities.contains(y.tensor.getDefiningOp()->getOperand(0)))
    fn->probabilities.insert(y.tensor);
  return y;
}

Value Calls::recorded(const Applicable &callee, llvm::ArrayRef<Arg> args, Range at,
                      llvm::function_ref<Value()> apply) {
  if (!fn->applications)
    return apply();
  auto lastOp = [&]() -> mlir::Operation * {
    mlir::Block *block = fn->emit.b.getInsertionBlock();
    return block->empty() ? nullptr : &block->back();
  };
  std::vector<Application> &all = *fn->applications;
  const size_t index = all.size();
  Application &begun = all.emplace_back();
  begun.decl = callee.decl;
  begun.prelude = callee.prelude;
  begun.name = callee.name;
  begun.insideFunction = insideFunction;
  begun.depth = applicationDepth++;
  begun.named = callee.written;
  begun.at = diags.callSite.isValid() ? diags.callSite : at;
  begun.before = lastOp();
  for (const Arg &a : args)
    begun.args.emplace_back(a.name, a.value.tensor);
  const bool outer = insideFunction;
  insideFunction |=
      callee.kind == Applicable::Kind::Function || callee.kind == Applicable::Kind::Builtin;
  Value result = apply();
  insideFunction = outer;
  --applicationDepth;
  all[index].place = callee.path;
  all[index].result = result.tensor;
  all[index].last = lastOp();
  return result;
}

Value Calls::instantiate(const Applicable &a, llvm::ArrayRef<Arg> args, Range at) {
  llvm::ArrayRef<ast::Parameter> params;
  switch (a.kind) {
  case Applicable::Kind::Layer:
    params = llvm::cast<ast::LayerDecl>(a.decl)->params;
    break;
  case Applicable::Kind::Init:
    params = llvm::cast<ast::InitDecl>(a.decl)->params;
    break;
  case Applicable::Kind::Optimizer:
    params = llvm::cast<ast::OptimizerDecl>(a.decl)->params;
    break;
  default:
    llvm_unreachable("only these have hyper-parameters");
  }
  Scope scope;
  scope.prelude = a.prelude;
  if (!bind(params, args, scope, at, a.name) ||
      !keepsRanges(diags, a.decl, params, args, scope, at))
    return Value::error();
  auto made = std::make_shared<Applicable>(a);
  made->instantiated = true;
  if (!args.empty())
    made->written = at;
  made->bound = std::move(scope.names);
  return Value::of(made);
}

Value Calls::call(const Value &callee, llvm::ArrayRef<Arg> args, Range at) {
  for (const Arg &a : args)
    if (a.value.isError())
      return Value::error();
  if (callee.kind == Value::Kind::Place) {
    diags.error(at, "a part of a model is applied with its model; this is " + callee.describe());
    return Value::error();
  }
  if (callee.kind != Value::Kind::Applicable) {
    if (!callee.isError())
      diags.error(at, callee.describe() + " cannot be called");
    return Value::error();
  }
  const Applicable &a = *callee.target;
  switch (a.kind) {
  case Applicable::Kind::Function:
    return recorded(a, args, at, [&] { return callFunction(a, args, at); });
  case Applicable::Kind::Builtin:
    return recorded(a, args, at,
                    [&] { return callPredefined(elab, a.predefined, BuiltinCall{args, at}); });
  case Applicable::Kind::Model:
    return elab.layers.applyModel(a, args, at);
  case Applicable::Kind::Sequence:
    return elab.layers.applyLayer(callee.target, args, at);
  case Applicable::Kind::Layer:
    if (a.instantiated || llvm::cast<ast::LayerDecl>(a.decl)->params.empty())
      return elab.layers.applyLayer(callee.target, args, at);
    return instantiate(a, args, at);
  case Applicable::Kind::Init:
  case Applicable::Kind::Optimizer:
    return instantiate(a, args, at);
  case Applicable::Kind::Metric:
    return elab.callMetric(a, args, at);
  }
  return Value::error();
}

/// `words(review, length = 200, most = 20_000)`, `characters(name, length = 32)`
Value Calls::evaluateText(const ast::CallExpr *e, column_kind kind, const Scope &scope) {
  int64_t length = 0, most = kind == NN_WORDS ? 20000 : 256;
  const ast::NameExpr *column = nullptr;
  for (const ast::Argument &a : e->args) {
    if (!a.name)
      column = llvm::dyn_cast_or_null<ast::NameExpr>(a.value);
    else if (!elab.evaluateInteger(a.value, scope, a.name.text == "length" ? length : most,
                                   "`" + a.name.text.str() + "`"))
      return Value::error();
  }
  if (column && length >= 1 && length <= 1000000 && most >= 3 && most <= (1 << 20))
    if (std::optional<Value> v =
            elab.columnText(column->name.text, kind, length, most, column->range))
      return *v;
  diags.error(e->range, "this takes the name of a column of texts, the `length` of all its values "
                        "(1 to 1,000,000), and how many numbers there are at `most` (3 to "
                        "1,048,576): `words(review, length = 200, most = 20_000)`");
  return Value::error();
}

/// A number of the date or time in a column, if that is what `part` names.
std::optional<Value> Calls::evaluateMoment(llvm::StringRef part, const ast::Argument &of) {
  using Kind = sema::BuiltinKind;
  auto isOne = [](llvm::StringRef name, llvm::ArrayRef<Kind> kinds) {
    return llvm::any_of(kinds, [&](Kind kind) { return sema::isBuiltin(name, kind); });
  };
  if (!isOne(part, {Kind::Date, Kind::Time, Kind::Year, Kind::Month, Kind::Day, Kind::Weekday,
                    Kind::Hour}))
    return std::nullopt;
  const ast::Expr *column = of.value;
  if (auto *inner = llvm::dyn_cast<ast::CallExpr>(column); // `month(date(c))` is `month(c)`
      inner && inner->args.size() == 1 && inner->args[0].value)
    if (auto *moment = llvm::dyn_cast<ast::NameExpr>(inner->callee);
        moment && isOne(moment->name.text, {Kind::Date, Kind::Time}))
      column = inner->args[0].value;
  if (auto *name = llvm::dyn_cast<ast::NameExpr>(column))
    if (std::optional<Value> v = elab.columnTruth(name->name.text, NN_MOMENT, part, name->range))
      return v;
  diags.error(of.range, "`" + part +
                            "` takes the name of a column, whose cells are dates or times: "
                            "`2020-01-31`, `2020-01-31 13:05`");
  return Value::error();
}

std::optional<Value> Calls::evaluateDataCall(const ast::CallExpr *e, const Scope &scope) {
  auto *called = llvm::dyn_cast<ast::NameExpr>(e->callee);
  auto calls = [&](sema::BuiltinKind kind) {
    return called && sema::isBuiltin(called->name.text, kind);
  };
  if (elab.column && calls(sema::BuiltinKind::Category) && !e->args.empty() && e->args[0].value) {
    auto *name = llvm::dyn_cast<ast::NameExpr>(e->args[0].value);
    int64_t least = 0;
    if (e->args.size() > 1 &&
        !elab.evaluateInteger(e->args[1].value, scope, least, "the number of rows of a class"))
      return Value::error();
    elab.leastRows = least > 1 ? least : 0;
    const std::optional<Value> v =
        name ? elab.column(name->name.text, /*asCategory=*/true, name->range) : std::nullopt;
    elab.leastRows = 0;
    if (v)
      return v;
    diags.error(e->args[0].range, "`category` takes the name of a column");
    return Value::error();
  }
  if (elab.columnTruth && calls(sema::BuiltinKind::Missing) &&
      !symbols.user.count(called->name.text) && e->args.size() == 1 && e->args[0].value) {
    if (auto *name = llvm::dyn_cast<ast::NameExpr>(e->args[0].value))
      if (std::optional<Value> v = elab.columnTruth(name->name.text, NN_MISSING, "", name->range))
        return v;
    diags.error(e->args[0].range, "`missing` takes the name of a column");
    return Value::error();
  }
  if (elab.columnText && called && !symbols.user.count(called->name.text) &&
      (calls(sema::BuiltinKind::Words) || calls(sema::BuiltinKind::Characters)))
    return evaluateText(e, calls(sema::BuiltinKind::Words) ? NN_WORDS : NN_CHARACTERS, scope);
  // `month(c)`, `weekday(date(c))`: parts of the text of a cell.
  if (called && elab.columnTruth && e->args.size() == 1 && e->args[0].value &&
      !symbols.user.count(called->name.text))
    if (std::optional<Value> v = evaluateMoment(called->name.text, e->args[0]))
      return v;
  if (calls(sema::BuiltinKind::Denormalize) && e->args.size() == 2)
    if (auto *field = llvm::dyn_cast_or_null<ast::NameExpr>(e->args[1].value)) {
      const Value *mean = scope.find(sema::meanName(field->name.text)),
                  *deviation = scope.find(sema::deviationName(field->name.text));
      if (mean && deviation && elab.unitsOfMetric.empty())
        elab.unitsOfMetric = "*"; // the program itself says what it is in
      if (mean && deviation)
        return elab.denormalized(elab.evaluate(e->args[0].value, scope), fn->emit.inElement(*mean),
                                 fn->emit.inElement(*deviation), e->range);
    }
  // `class_weights(y)` is a field that the data set computes in addition to `y`.
  if (calls(sema::BuiltinKind::ClassWeights) && e->args.size() == 1)
    if (auto *field = llvm::dyn_cast_or_null<ast::NameExpr>(e->args[0].value))
      if (const Value *weights = scope.find(sema::classWeightsName(field->name.text)))
        return fn->emit.inElement(*weights);
  return std::nullopt;
}

Value Calls::evaluatePredefinedCall(const ast::CallExpr *e, const ast::NameExpr *name,
                                    const sema::Predefined &function, const Scope &scope) {
  const sema::Builtin *builtin = function.builtin;
  Applicable callee;
  callee.kind = Applicable::Kind::Builtin;
  callee.name = name->name.text.str();
  callee.written = name->range;
  const std::vector<Arg> args = builtin && builtin->makesLayer() ? evaluateParts(e->args, scope)
                                                                 : evaluateArgs(e->args, scope);
  // If the tensor is given by a name, the name denotes its copies. The tensors of a place are
  // replaced in their slots.
  auto again = [&](llvm::ArrayRef<Value> tensors) {
    auto *by = llvm::dyn_cast<ast::NameExpr>(e->args[1].value);
    if (!by || tensors.size() != 1)
      return elab.evaluate(e->args[0].value, scope);
    Scope copies = scope;
    copies.names[by->name.text.str()] = tensors[0];
    copies.states.erase(by->name.text.str());
    return elab.evaluate(e->args[0].value, copies);
  };
  BuiltinCall builtinCall{args, e->range};
  if (builtin && builtin->kind == sema::BuiltinKind::Grad && e->args.size() == 2)
    builtinCall.again = again;
  return recorded(callee, args, e->range,
                  [&] { return callPredefined(elab, function, builtinCall); });
}

Value Calls::evaluateCall(const ast::CallExpr *e, const Scope &scope) {
  if (std::optional<Value> v = evaluateDataCall(e, scope))
    return *v;
  if (std::optional<Value> v = evaluateTextCall(e, scope))
    return *v;
  // `grad` is the value of the gradient inside an optimizer, but a function everywhere.
  if (auto *name = llvm::dyn_cast<ast::NameExpr>(e->callee))
    if (auto function = sema::findPredefined(name->name.text);
        function && !scope.find(name->name.text) &&
        (scope.prelude || !symbols.user.count(name->name.text)) &&
        !symbols.prelude.count(name->name.text))
      return evaluatePredefinedCall(e, name, *function, scope);
  Value callee = elab.evaluate(e->callee, scope);
  if (callee.isError())
    return callee;
  return call(callee, evaluateArgs(e->args, scope), e->range);
}

Value Calls::pipeIntoCall(const ast::PipeExpr *e, const ast::CallExpr *by, const Arg &input,
                          const Scope &scope) {
  const llvm::StringRef place = e->place.text;
  Value callee;
  auto *name = llvm::dyn_cast<ast::NameExpr>(by->callee);
  const sema::Builtin *builtin = name ? sema::findBuiltin(name->name.text) : nullptr;
  if (builtin && builtin->makesLayer())
    callee = elab.evaluate(by, scope);
  else
    callee = elab.evaluate(by->callee, scope);
  if (callee.isError())
    return callee;
  if (callee.kind == Value::Kind::Applicable && callee.target->kind != Applicable::Kind::Sequence) {
    const std::shared_ptr<Applicable> held = callee.target; // callee may be replaced below
    const Applicable &a = *held;
    if (a.kind == Applicable::Kind::Function || a.kind == Applicable::Kind::Builtin) {
      if (!place.empty())
        diags.error(e->place.range, "`as` names a layer's place, and `" + a.name +
                                        "` is a function, without parameters");
      std::vector<Arg> args = evaluateArgs(by->args, scope);
      args.insert(args.begin(), input);
      return call(callee, args, e->rhs->range);
    }
    if (a.kind == Applicable::Kind::Layer && !a.instantiated)
      callee = instantiate(a, evaluateArgs(by->args, scope), by->range);
    else
      callee = call(callee, evaluateArgs(by->args, scope), by->range);
    if (callee.isError())
      return callee;
  }
  if (callee.kind == Value::Kind::Applicable && (callee.target->kind == Applicable::Kind::Layer ||
                                                 callee.target->kind == Applicable::Kind::Sequence))
    return elab.layers.applyLayer(callee.target, input, e->rhs->range, place);
  return call(callee, input, e->rhs->range);
}

Value Calls::evaluatePipe(const ast::PipeExpr *e, const Scope &scope) {
  Value x = elab.evaluate(e->lhs, scope);
  if (x.isError())
    return x;
  const llvm::StringRef place = e->place.text;
  Elaborator::RangeGuard guard(elab, e->rhs->range);
  Arg input{"", x, e->lhs->range};
  // x |> f(args) is f(x, args) for a function, and f(args)(x) for a layer.
  if (auto *by = llvm::dyn_cast<ast::CallExpr>(e->rhs))
    return pipeIntoCall(e, by, input, scope);
  Value callee = elab.evaluate(e->rhs, scope);
  if (callee.isError())
    return callee;
  if (callee.kind == Value::Kind::Applicable) {
    const std::shared_ptr<Applicable> held = callee.target; // callee may be replaced below
    const Applicable &a = *held;
    if (a.kind == Applicable::Kind::Layer && !a.instantiated) {
      callee = instantiate(a, {}, e->rhs->range);
      if (callee.isError())
        return callee;
    }
    if (a.kind == Applicable::Kind::Layer || a.kind == Applicable::Kind::Sequence)
      return elab.layers.applyLayer(callee.target, input, e->rhs->range, place);
  }
  if (!place.empty())
    diags.error(e->place.range, "`as` names a layer's place, and this is " + callee.describe());
  return call(callee, input, e->rhs->range);
}
