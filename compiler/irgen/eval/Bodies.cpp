// Runs the statements of a body: let, param, state, assignment; runs optimizers.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

// In the body of an optimizer: the parameter that it updates. It is an ambient value without a name
// of the language.
static constexpr char optimizedParameter[] = "parameter";

Value Bodies::evaluateBlock(const ast::BlockExpr *block, Scope &scope) {
  for (const ast::Stmt *s : block->statements)
    if (!runStatement(s, scope))
      return Value::error();
  if (!block->value)
    return Value::ofKind(Value::Kind::Unavailable);
  return elab.evaluate(block->value, scope);
}

Value Bodies::runOfScan(const ast::BlockExpr *block, Scope &scope) {
  for (const ast::Stmt *s : block->statements)
    if (!llvm::isa<ast::StateStmt>(s) && !runStatement(s, scope))
      return Value::error();
  return elab.evaluate(block->value, scope);
}

bool Bodies::runLet(const ast::LetDecl *let, Scope &scope) {
  Value v = elab.evaluate(let->value, scope);
  // `let enc = dense(64)` names the place of the layer.
  if (v.kind == Value::Kind::Applicable && v.target->kind == Applicable::Kind::Layer &&
      v.target->instantiated && !v.target->placed && fn->placement) {
    std::string name = let->name.text.str();
    v.target->givenBefore = std::exchange(v.target->given, name);
    if (!elab.places.give(*fn->placement, name, v.target.get(), let->name.range))
      return false;
    v.target->path = (fn->placement->path.empty() ? "" : fn->placement->path + ".") + name;
    v.target->placed = true;
    elab.placed.push_back(v.target); // keep the layer alive: places are identified by its address
  }
  scope.names[let->name.text.str()] = v;
  return !v.isError();
}

bool Bodies::runStatement(const ast::Stmt *s, Scope &scope) {
  Elaborator::RangeGuard guard(elab, s->range);
  switch (s->kind) {
  case ast::StmtKind::Let:
    return runLet(llvm::cast<ast::LetDecl>(s), scope);
  case ast::StmtKind::Param:
    return runParam(llvm::cast<ast::ParamStmt>(s), scope);
  case ast::StmtKind::State:
    return runState(llvm::cast<ast::StateStmt>(s), scope);
  case ast::StmtKind::Assign:
    return runAssign(llvm::cast<ast::AssignStmt>(s), scope);
  case ast::StmtKind::Expression: {
    // Evaluated for its assignments: a conditional block of a layer.
    return !elab.evaluate(llvm::cast<ast::ExprStmt>(s)->expr, scope).isError();
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

/// The start value of a parameter or a state.
template <class Stmt> static Value startOf(Elaborator &elab, const Stmt *s, const Scope &scope) {
  return s->value ? elab.evaluate(s->value, scope) : Value::of(0);
}

/// Whether a start value is one repeated number.
static bool isOneNumber(mlir::Value v) {
  mlir::Operation *op = v.getDefiningOp();
  return op && op->getNumOperands() == 1 && exampleShape(op->getOperand(0)).empty() &&
         !exampleShape(v).empty();
}

template <class Stmt>
bool Bodies::declareTensor(const Stmt *s, const llvm::Twine &needs, const Scope &scope,
                           TensorInfo &info) {
  if (!s->shape) {
    diags.error(s->range, needs);
    return false;
  }
  std::string own = s->name.text.str();
  return elab.evaluateShape(*s->shape, scope, info.shape, info.axes) &&
         (!fn->placement || elab.places.give(*fn->placement, own, s, s->name.range));
}

mlir::Value Bodies::drawParam(const ast::ParamStmt *s, const TensorInfo &info, const Value &start) {
  auto [it, fresh] = elab.tensors.insert({info.name, info});
  if (!fresh && it->second.shape != info.shape) {
    diags
        .error(s->range, "the place `" + info.name + "` holds " + shapeText(it->second.shape) +
                             " and " + shapeText(info.shape))
        .note(it->second.range, "first declared here");
    return {};
  }
  mlir::Value drawn =
      elab.initializers.initialValue(start, info, s->value ? s->value->range : s->range);
  if (!drawn)
    return {};
  it->second.init = start.target;
  it->second.isUniform = isOneNumber(drawn);
  fn->emit.noteOrigin(drawn, s->range, /*replace=*/true);
  fn->assign(info, drawn);
  return drawn;
}

bool Bodies::runParam(const ast::ParamStmt *s, Scope &scope) {
  TensorInfo info = makeInfo(*fn, s->name.text, NN_PARAMETER, s->range);
  if (!declareTensor(s, "a parameter needs a shape: `param " + s->name.text + ": [n]`", scope,
                     info))
    return false;
  Value start = startOf(elab, s, scope);
  if (start.isError())
    return false;
  Value value;
  if (start.kind == Value::Kind::None) { // the layer has no such parameter: as if it were always 0
    scope.names[s->name.text.str()] = Value::of(0);
    return true;
  }
  if (isDrawnHere(*fn, info)) {
    if (!elab.scans.mayDraw())
      return false;
    mlir::Value drawn = drawParam(s, info, start);
    if (!drawn)
      return false;
    value = Value::of(drawn, info.axes);
  } else {
    if (!readTensor(elab, info, value))
      return false;
    if (fn->toFit.count(info.name))
      fn->pendingFits.push_back({info, start, s->value->range});
  }
  scope.names[s->name.text.str()] = value;
  return true;
}

/// Declares a state of the optimizer for the parameter `of`, or of the schedule at the place `of`.
/// Returns false after an error.
static bool declareOptimizerState(Elaborator &elab, const ast::StateStmt *s, llvm::StringRef of,
                                  std::vector<int64_t> shape, std::vector<std::string> axes,
                                  Scope &scope) {
  TensorInfo info;
  info.kind = NN_OPTIMIZER_STATE;
  info.name = (elab.fn->statePrefix + s->name.text + "/" + of).str();
  info.shape = std::move(shape);
  info.range = s->range;
  Value start = startOf(elab, s, scope);
  if (start.isError())
    return false;
  elab.optimizerStates.insert({info.name, Elaborator::OptimizerState{info, start, s->range}});
  elab.bodies.localStates[s->name.text.str()] = info;
  Value current = elab.fn->tensor(info);
  current.axes = std::move(axes);
  scope.states[s->name.text.str()] = current;
  return true;
}

bool Bodies::runScheduleState(const ast::StateStmt *s, Scope &scope) {
  if (fn->statePrefix.empty()) {
    diags.error(s->range,
                "`" + schedule->name +
                    "` remembers numbers from step to step: it has a value only in a train block");
    return false;
  }
  if (schedule->place.empty())
    schedule->place = schedule->name + std::to_string(++fn->schedules[schedule->name]);
  return declareOptimizerState(elab, s, schedule->place, {}, {}, scope);
}

bool Bodies::runOptimizerState(const ast::StateStmt *s, const Value *theta, Scope &scope) {
  // It has the shape of the parameter.
  return declareOptimizerState(elab, s, fn->ambient.at(optimizedParameter).text,
                               exampleShape(theta->tensor).vec(), theta->axes, scope);
}

bool Bodies::runState(const ast::StateStmt *s, Scope &scope) {
  if (schedule)
    return runScheduleState(s, scope);
  const Value *theta = fn->ambientOf(sema::AmbientKind::Theta);
  if (theta && !s->shape)
    return runOptimizerState(s, theta, scope);
  TensorInfo info = makeInfo(*fn, s->name.text, NN_STATE, s->range);
  if (!declareTensor(s, "a layer's state needs a shape: `state " + s->name.text + ": [n] = 0`",
                     scope, info))
    return false;
  localStates[s->name.text.str()] = info;
  Value start = startOf(elab, s, scope);
  if (start.isError())
    return false;
  Value value;
  if (isDrawnHere(*fn, info)) {
    if (!elab.scans.mayDraw())
      return false;
    elab.tensors.insert({info.name, info});
    mlir::Value first =
        elab.initializers.initialValue(start, info, s->value ? s->value->range : s->range);
    if (!first)
      return false;
    fn->assign(info, first);
    value = Value::of(first, info.axes);
  } else if (!readTensor(elab, info, value)) {
    return false;
  }
  scope.states[s->name.text.str()] = value;
  return true;
}

bool Bodies::runAssign(const ast::AssignStmt *s, Scope &scope) {
  Value v = elab.evaluate(s->value, scope);
  if (v.isError())
    return false;
  const std::string name = s->name.text.str();
  if (ScanState *carried = scan ? scan->find(name) : nullptr)
    return elab.scans.assign(*carried, s, v, scope);
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
  const bool stays = info.kind == NN_STATE && (fn->measuring || elab.isFrozen(info.name));
  const bool assigns = fn->training && !stays;
  if (!assigns && v.isUnavailable())
    return true;
  if (assigns && elab.scans.isInBlock()) {
    diags
        .error(s->range, "`" + name +
                             "` changes once in a training step, and here it would change in every "
                             "step of a scan")
        .note(schedule ? "call `" + schedule->name + "` above the scan, and name its value by `let`"
                       : std::string("apply the layer to the whole sequence, before the scan or "
                                     "after it; a norm without states is `layer_norm`"));
    return false;
  }
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
  // A schedule counts steps, however often a step calls the function.
  if (const Value *before = schedule && fn->once ? scope.findState(name) : nullptr) {
    const Range at = s->range;
    v = fn->emit.elementwise<nn::SelectOp>({Value::ofHost(fn->once), v, *before}, {at, at, at}, at);
  }
  fn->assign(info, v.tensor);
  Value now = Value::of(v.tensor, info.axes);
  // A state may belong to a surrounding body: `if training { mean_ <- … }`.
  if (Value *changed = theta ? theta : scope.findState(name))
    *changed = now;
  return true;
}

bool Bodies::runOptimizer(const Applicable &optimizer, const TensorInfo &parameter,
                          mlir::Value grad, Range at) {
  auto *decl = llvm::cast<ast::OptimizerDecl>(optimizer.decl);
  Elaborator::CallSite site(elab, optimizer.prelude, at);
  auto outerAmbient = fn->ambient;
  Entered body(*this, nullptr);
  localStates[sema::nameOf(sema::AmbientKind::Theta).str()] = parameter;
  fn->setAmbient(sema::AmbientKind::Theta, Value::of(fn->tensor(parameter).tensor));
  fn->setAmbient(sema::AmbientKind::Grad, Value::of(grad));
  fn->ambient[optimizedParameter] = Value::ofText(parameter.name);
  Scope scope;
  scope.prelude = optimizer.prelude;
  scope.names = optimizer.bound;
  fn->emit.place = parameter.name;
  bool ok = true;
  for (const ast::Stmt *s : decl->body->statements)
    ok = ok && runStatement(s, scope);
  if (ok && decl->body->value)
    ok = !elab.evaluate(decl->body->value, scope).isError();
  fn->emit.place.clear();
  fn->ambient = outerAmbient;
  return ok;
}
