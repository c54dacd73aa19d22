// Evaluates initializers and start values for the tensors that they are to fill.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

Value Initializers::evaluateInit(const Applicable &init, const ast::Expr *e, const TensorInfo &info,
                                 llvm::ArrayRef<std::pair<sema::AmbientKind, Value>> more,
                                 Range at) {
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
  Elaborator::CallSite callSite(elab, init.prelude, at);
  auto outerAmbient = fn->ambient;
  fn->setAmbient(sema::AmbientKind::Shape, list);
  fn->setAmbient(sema::AmbientKind::FanIn, Value::of(in));
  fn->setAmbient(sema::AmbientKind::FanOut, Value::of(out));
  for (const auto &[kind, value] : more)
    fn->setAmbient(kind, value);
  Placement site;
  site.path = info.name;
  Placement *outer = fn->placement;
  fn->placement = &site;
  Scope scope;
  scope.prelude = init.prelude;
  scope.frame = ++elab.frames;
  scope.names = init.bound;
  Value v = elab.evaluate(e, scope);
  fn->placement = outer;
  fn->ambient = outerAmbient;
  return v;
}

mlir::Value Initializers::initialValue(const Value &v, const TensorInfo &info, Range at) {
  Elaborator::RangeGuard guard(elab, at);
  Value start = v;
  // An initializer may draw with another one: `init scaled(start = he) = start fit …`.
  for (unsigned links = 0;
       start.kind == Value::Kind::Applicable && start.target->kind == Applicable::Kind::Init;
       ++links) {
    if (!start.target->instantiated)
      start = elab.calls.instantiate(*start.target, {}, at);
    if (start.isError())
      return {};
    if (links == Elaborator::mostNesting) {
      diags.error(at, "`" + start.target->name + "` comes after " +
                          llvm::Twine(Elaborator::mostNesting) +
                          " initializers, each drawn from the next; nnc goes no deeper");
      return {};
    }
    auto *decl = llvm::cast<ast::InitDecl>(start.target->decl);
    if (decl->fit && info.kind == NN_PARAMETER)
      elab.fitted.insert(info.name);
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
