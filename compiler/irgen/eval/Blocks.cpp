// Runs the statements of a body: let, param, state, assignment.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

// In the body of an optimizer: what precedes the names of its states, and the parameter that it
// updates. They are ambient values without names of the language.
static constexpr char optimizerPrefix[] = "optimizer prefix", optimizedParameter[] = "parameter";

Value Elaborator::evaluateBlock(const ast::BlockExpr *block, Scope &scope) {
  for (const ast::Stmt *s : block->statements)
    if (!runStatement(s, scope))
      return Value::error();
  if (!block->value)
    return Value::ofKind(Value::Kind::Unavailable);
  return evaluate(block->value, scope);
}

bool Elaborator::runStatement(const ast::Stmt *s, Scope &scope) {
  RangeGuard guard(*this, s->range);
  switch (s->kind) {
  case ast::StmtKind::Let: {
    auto *let = llvm::cast<ast::LetDecl>(s);
    Value v = evaluate(let->value, scope);
    // `let enc = dense(64)` names the place of the layer.
    if (v.kind == Value::Kind::Applicable && v.target->kind == Applicable::Kind::Layer &&
        v.target->instantiated && !v.target->placed && fn->placement) {
      std::string name = let->name.text.str();
      v.target->given = name;
      if (!give(*fn->placement, name, v.target.get(), let->name.range))
        return false;
      v.target->path = (fn->placement->path.empty() ? "" : fn->placement->path + ".") + name;
      v.target->placed = true;
      placed.push_back(v.target); // keep the layer alive: places are identified by its address
    }
    scope.names[let->name.text.str()] = v;
    return !v.isError();
  }
  case ast::StmtKind::Param:
    return runParam(llvm::cast<ast::ParamStmt>(s), scope);
  case ast::StmtKind::State:
    return runState(llvm::cast<ast::StateStmt>(s), scope);
  case ast::StmtKind::Assign:
    return runAssign(llvm::cast<ast::AssignStmt>(s), scope);
  case ast::StmtKind::Expression: {
    // Evaluated for its assignments: a conditional block of a layer.
    return !evaluate(llvm::cast<ast::ExprStmt>(s)->expr, scope).isError();
  }
  default:
    diags.error(s->range, "this statement does not belong in a body");
    return false;
  }
}

static TensorInfo makeInfo(Function &fn, llvm::StringRef name, tensor_kind kind, Range range) {
  TensorInfo info;
  info.name =
      (fn.placement && !fn.placement->path.empty() ? fn.placement->path + "." : std::string()) +
      name.str();
  info.kind = kind;
  info.range = range;
  return info;
}

/// Whether some init function draws the tensor. If not, reports it: nothing would ever give it a
/// value.
static bool isDrawn(const Elaborator &elab, const TensorInfo &info) {
  if (elab.tensors.find(info.name) != elab.tensors.end())
    return true;
  auto report = elab.diags.error(elab.fn->emit.range, "`" + info.name + "` is never drawn");
  const llvm::StringRef first = llvm::StringRef(info.name).split('.').first.split('#').first;
  if (llvm::isa_and_nonnull<ast::ModelDecl>(elab.symbols.find(first)))
    report.note("a model has the same layers while it is trained and after: choose between values, "
                "not between layers, by `training`");
  else
    report.note("a layer has its weights in a model: `model net(x: [n]) { x |> … }`");
  return false;
}

/// Whether the tensor is drawn here: this is the init function of its model, and it has not been
/// drawn yet.
static bool isDrawnHere(const Function &fn, const TensorInfo &info) {
  return fn.initializing && isUnder(info.name, fn.initializes) && !fn.hasTensor(info.name);
}

/// Reads a tensor that is drawn elsewhere. Returns false after an error.
static bool readTensor(Elaborator &elab, const TensorInfo &info, Value &value) {
  Function &fn = *elab.fn;
  if (!fn.initializing && !isDrawn(elab, info))
    return false;
  // In an init function, the values of the tensors of another model that is a part of this one do
  // not matter.
  if (fn.initializing && !isUnder(info.name, fn.initializes))
    value = Value::of(fn.standIn(info.shape, info.range).tensor, info.axes);
  else
    value = fn.tensor(info);
  return true;
}

/// Whether a start value is one repeated number.
static bool isOneNumber(mlir::Value v) {
  mlir::Operation *op = v.getDefiningOp();
  return op && op->getNumOperands() == 1 && exampleShape(op->getOperand(0)).empty() &&
         !exampleShape(v).empty();
}

template <class Stmt>
bool Elaborator::declareTensor(const Stmt *s, const llvm::Twine &needs, const Scope &scope,
                               TensorInfo &info) {
  if (!s->shape) {
    diags.error(s->range, needs);
    return false;
  }
  std::string own = s->name.text.str();
  return evaluateShape(*s->shape, scope, info.shape, info.axes) &&
         (!fn->placement || give(*fn->placement, own, s, s->name.range));
}

bool Elaborator::runParam(const ast::ParamStmt *s, Scope &scope) {
  TensorInfo info = makeInfo(*fn, s->name.text, NN_PARAMETER, s->range);
  if (!declareTensor(s, "a parameter needs a shape: `param " + s->name.text + ": [n]`", scope,
                     info))
    return false;
  Value start = s->value ? evaluate(s->value, scope) : Value::of(0);
  if (start.isError())
    return false;
  Value value;
  if (start.kind == Value::Kind::None) { // the layer has no such parameter: as if it were always 0
    scope.names[s->name.text.str()] = Value::of(0);
    return true;
  }
  if (isDrawnHere(*fn, info)) {
    auto [it, fresh] = tensors.insert({info.name, info});
    if (!fresh && it->second.shape != info.shape) {
      diags
          .error(s->range, "the place `" + info.name + "` holds " + shapeText(it->second.shape) +
                               " and " + shapeText(info.shape))
          .note(it->second.range, "first declared here");
      return false;
    }
    mlir::Value drawn = initialValue(start, info, s->value ? s->value->range : s->range);
    if (!drawn)
      return false;
    it->second.init = start.target;
    it->second.isUniform = isOneNumber(drawn);
    fn->emit.noteOrigin(drawn, s->range, /*replace=*/true);
    fn->assign(info, drawn);
    value = Value::of(drawn, info.axes);
  } else {
    if (!readTensor(*this, info, value))
      return false;
    if (fn->toFit.count(info.name))
      fn->pendingFits.push_back({info, start, s->value->range});
  }
  scope.names[s->name.text.str()] = value;
  return true;
}

bool Elaborator::runScheduleState(const ast::StateStmt *s, Scope &scope) {
  if (fn->statePrefix.empty()) {
    diags.error(s->range,
                "`" + schedule->name +
                    "` remembers numbers from step to step: it has a value only in a train block");
    return false;
  }
  if (schedule->place.empty())
    schedule->place = schedule->name + std::to_string(++fn->schedules[schedule->name]);
  TensorInfo info;
  info.kind = NN_OPTIMIZER_STATE;
  info.name = fn->statePrefix + s->name.text.str() + "/" + schedule->place;
  info.range = s->range;
  Value start = s->value ? evaluate(s->value, scope) : Value::of(0);
  if (start.isError())
    return false;
  optimizerStates.insert({info.name, OptimizerState{info, start, s->range}});
  localStates[s->name.text.str()] = info;
  scope.states[s->name.text.str()] = StateValue(fn->tensor(info));
  return true;
}

bool Elaborator::runState(const ast::StateStmt *s, Scope &scope) {
  if (schedule)
    return runScheduleState(s, scope);
  const Value *theta = fn->ambientOf(sema::AmbientKind::Theta);
  if (theta && !s->shape) {
    // A state of an optimizer has the shape of the parameter. runOptimizer sets its place.
    TensorInfo info;
    info.kind = NN_OPTIMIZER_STATE;
    info.name = fn->ambient.at(optimizerPrefix).text + s->name.text.str() + "/" +
                fn->ambient.at(optimizedParameter).text;
    info.shape = exampleShape(theta->tensor).vec();
    info.range = s->range;
    Value start = s->value ? evaluate(s->value, scope) : Value::of(0);
    if (start.isError())
      return false;
    optimizerStates.insert({info.name, OptimizerState{info, start, s->range}});
    localStates[s->name.text.str()] = info;
    Value current = fn->tensor(info);
    current.axes = theta->axes;
    scope.states[s->name.text.str()] = StateValue(current);
    return true;
  }
  TensorInfo info = makeInfo(*fn, s->name.text, NN_STATE, s->range);
  if (!declareTensor(s, "a layer's state needs a shape: `state " + s->name.text + ": [n] = 0`",
                     scope, info))
    return false;
  localStates[s->name.text.str()] = info;
  Value start = s->value ? evaluate(s->value, scope) : Value::of(0);
  if (start.isError())
    return false;
  Value value;
  if (isDrawnHere(*fn, info)) {
    tensors.insert({info.name, info});
    mlir::Value first = initialValue(start, info, s->value ? s->value->range : s->range);
    if (!first)
      return false;
    fn->assign(info, first);
    value = Value::of(first, info.axes);
  } else if (!readTensor(*this, info, value)) {
    return false;
  }
  scope.states[s->name.text.str()] = StateValue(value);
  return true;
}

bool Elaborator::runAssign(const ast::AssignStmt *s, Scope &scope) {
  Value v = evaluate(s->value, scope);
  if (v.isError())
    return false;
  const std::string name = s->name.text.str();
  auto state = localStates.find(name);
  if (state == localStates.end()) {
    diags.error(s->name.range,
                "`" + name +
                    "` is not a state; `<-` assigns to states, and in an optimizer to `theta`");
    return false;
  }
  const TensorInfo &info = state->second;
  // In any body, states of optimizers and schedules change only in steps, and those of a layer only
  // where it is trained. Metrics never change states of layers.
  Value *theta = name == sema::nameOf(sema::AmbientKind::Theta)
                     ? fn->ambientOf(sema::AmbientKind::Theta)
                     : nullptr;
  const bool stays = info.kind == NN_STATE && (fn->measuring || isFrozen(info.name));
  const bool assigns = fn->training && !stays;
  if (!assigns && v.isUnavailable())
    return true;
  v = fn->emit.toTensor(v, s->value->range);
  if (!v.isTensor())
    return false;
  if (isBatched(v.tensor)) {
    diags.error(s->value->range, "a state is one value for all examples, and this differs between "
                                 "them: take a `mean(…, over = batch)`");
    return false;
  }
  auto type = fn->emit.typeOf(info.shape);
  if (v.tensor.getType() != type) {
    if (!exampleShape(v.tensor).empty()) {
      fn->emit.shapeError(s->range, "`" + name + "` is " + shapeText(info.shape), v,
                          s->value->range);
      return false;
    }
    v.tensor = fn->emit.broadcast(v.tensor, type, {});
  }
  if (!assigns)
    return true;
  fn->assign(info, v.tensor);
  Value now = Value::of(v.tensor, info.axes);
  // A state may belong to a surrounding body: `if training { mean_ <- … }`.
  if (Value *changed = theta ? theta : scope.findState(name))
    *changed = now;
  return true;
}

Value Elaborator::evaluateInit(const Applicable &init, const ast::Expr *e, const TensorInfo &info,
                               const std::map<std::string, Value> &more, Range at) {
  // fan_in and fan_out: n and m of [n, m]; for filters [o, c, …], channels times window size.
  double in = 1, out = 1, window = 1;
  auto &shape = info.shape;
  for (size_t i = 2; i < shape.size(); ++i)
    window *= double(shape[i]);
  if (shape.size() == 1)
    in = out = double(shape[0]);
  else if (shape.size() == 2)
    in = double(shape[0]), out = double(shape[1]);
  else if (shape.size() > 2)
    in = double(shape[1]) * window, out = double(shape[0]) * window;
  Value list = Value::ofKind(Value::Kind::List);
  for (int64_t s : shape)
    list.items.push_back(Value::of(double(s)));
  CallSite callSite(*this, init.prelude, at);
  auto outerAmbient = fn->ambient;
  fn->setAmbient(sema::AmbientKind::Shape, list);
  fn->setAmbient(sema::AmbientKind::FanIn, Value::of(in));
  fn->setAmbient(sema::AmbientKind::FanOut, Value::of(out));
  for (const auto &[name, value] : more)
    fn->ambient[name] = value;
  Placement site;
  site.path = info.name;
  Placement *outer = fn->placement;
  fn->placement = &site;
  Scope scope;
  scope.prelude = init.prelude;
  scope.frame = ++frames;
  scope.names = init.bound;
  Value v = evaluate(e, scope);
  fn->placement = outer;
  fn->ambient = outerAmbient;
  return v;
}

mlir::Value Elaborator::initialValue(const Value &v, const TensorInfo &info, Range at) {
  RangeGuard guard(*this, at);
  Value start = v;
  // An initializer may draw with another one: `init scaled(start = he) = start fit …`.
  for (unsigned links = 0;
       start.kind == Value::Kind::Applicable && start.target->kind == Applicable::Kind::Init;
       ++links) {
    if (!start.target->instantiated)
      start = instantiate(*start.target, {}, at);
    if (start.isError())
      return {};
    if (links == mostNesting) {
      diags.error(at, "`" + start.target->name + "` comes after " + llvm::Twine(mostNesting) +
                          " initializers, each drawn from the next; nnc goes no deeper");
      return {};
    }
    auto *decl = llvm::cast<ast::InitDecl>(start.target->decl);
    if (decl->fit && info.kind == NN_PARAMETER)
      fitted.insert(info.name);
    start = evaluateInit(*std::shared_ptr<Applicable>(start.target), decl->body, info, {}, at);
  }
  if (start.isError())
    return {};
  Value t = fn->emit.toTensor(start, at);
  if (!t.isTensor())
    return {};
  if (llvm::any_of(originsOf(t.tensor), [&](mlir::Value v) { return fn->standIns.contains(v); })) {
    diags
        .error(at, "the start value of `" + info.name +
                       "` is computed from the model's input or from another model's weights, and "
                       "it is drawn before there are any")
        .note("`load` takes weights over from a file, and `init … = start fit …` looks at the data "
              "(5.6)");
    return {};
  }
  auto type = fn->emit.typeOf(info.shape);
  if (t.tensor.getType() == type)
    return t.tensor;
  if (!exampleShape(t.tensor).empty() || isBatched(t.tensor)) {
    fn->emit.shapeError(
        at, "`" + info.name + "` is " + shapeText(info.shape) + ", and its start value is not", t,
        at);
    return {};
  }
  return fn->emit.broadcast(t.tensor, type, {});
}

bool Elaborator::runOptimizer(const Applicable &optimizer, const TensorInfo &parameter,
                              llvm::StringRef prefix, mlir::Value grad, Range at) {
  auto *decl = llvm::cast<ast::OptimizerDecl>(optimizer.decl);
  CallSite site(*this, optimizer.prelude, at);
  auto outerAmbient = fn->ambient;
  auto outerStates = std::move(localStates);
  localStates.clear();
  Schedule *outerSchedule = schedule;
  schedule = nullptr;
  localStates[sema::nameOf(sema::AmbientKind::Theta).str()] = parameter;
  fn->setAmbient(sema::AmbientKind::Theta, Value::of(fn->tensor(parameter).tensor));
  fn->setAmbient(sema::AmbientKind::Grad, Value::of(grad));
  fn->ambient[optimizerPrefix] = Value::ofText(prefix);
  fn->ambient[optimizedParameter] = Value::ofText(parameter.name);
  Scope scope;
  scope.prelude = optimizer.prelude;
  scope.names = optimizer.bound;
  fn->emit.place = parameter.name;
  bool ok = true;
  for (const ast::Stmt *s : decl->body->statements)
    ok = ok && runStatement(s, scope);
  if (ok && decl->body->value)
    ok = !evaluate(decl->body->value, scope).isError();
  fn->emit.place.clear();
  schedule = outerSchedule;
  localStates = std::move(outerStates);
  fn->ambient = outerAmbient;
  return ok;
}
