// Applies layers and models: matches inputs against declared shapes, and gives parameters and
// states their places.
#include "compiler/irgen/eval/Elaborator.h"

using namespace nnc;

static std::string declaredText(const ast::Shape &shape) {
  std::string text = "[";
  for (auto [i, dim] : llvm::enumerate(shape.dims)) {
    text += i ? ", " : "";
    if (llvm::isa<ast::EllipsisExpr>(dim))
      text += "...";
    else if (auto *n = llvm::dyn_cast<ast::NameExpr>(dim))
      text += n->name.text;
    else if (auto *n = llvm::dyn_cast<ast::NumberExpr>(dim))
      text += n->spelling;
    else
      text += "…";
  }
  return text + "]";
}

bool Layers::matchShape(const ast::Parameter &param, Value &input, Scope &scope, Range at,
                        llvm::StringRef what) {
  auto dims = param.shape->dims;
  auto shape = exampleShape(input.tensor);
  auto mismatch = [&](const llvm::Twine &why) {
    auto report = diags.error(at, "`" + what + "` takes " + declaredText(*param.shape) +
                                      " and is given " + shapeText(shape) + why);
    report.note(param.range, "`" + param.name.text + "` is declared here");
    if (dims.size() == 1 && shape.size() > 1 && !llvm::isa<ast::EllipsisExpr>(dims[0]))
      report.note("`flatten` makes one axis of several: `x |> flatten |> …`");
    return false;
  };
  size_t ellipsis = dims.size();
  for (size_t i = 0; i < dims.size(); ++i)
    if (llvm::isa<ast::EllipsisExpr>(dims[i]))
      ellipsis = i;
  const bool open = ellipsis < dims.size();
  if (open ? shape.size() + 1 < dims.size() : shape.size() != dims.size())
    return mismatch(", which has " + llvm::Twine(shape.size()) +
                    (shape.size() == 1 ? " axis" : " axes"));
  std::vector<std::string> axes(shape.size());
  const unsigned frame = scope.frameOfCall();
  std::map<std::string, unsigned> seen;
  const size_t rest = open ? shape.size() + 1 - dims.size() : 0;
  for (size_t i = 0, axis = 0; i < dims.size(); ++i) {
    if (i == ellipsis) {
      for (size_t k = 0; k < rest; ++k, ++axis) {
        const std::string further = "..." + std::to_string(k);
        axes[axis] = axisId(frame, further);
        scope.names[further] = Value::of(double(shape[axis]));
      }
      continue;
    }
    auto *name = llvm::dyn_cast<ast::NameExpr>(dims[i]);
    // A name is a constant if it is a parameter, an earlier axis, or a `let` of the program.
    // Otherwise it names this axis.
    const ast::Decl *constant =
        name && !scope.prelude ? symbols.user.lookup(name->name.text) : nullptr;
    if (name && !scope.find(name->name.text) &&
        !(constant && llvm::isa<ast::LetDecl, ast::OptionDecl>(constant))) {
      Value size = Value::of(double(shape[axis]));
      size.isAxisSize = true;
      scope.names[name->name.text.str()] = size;
    } else {
      int64_t n;
      if (!elab.evaluateInteger(dims[i], scope, n, "the size of an axis"))
        return false;
      if (n != shape[axis])
        return mismatch(name ? llvm::Twine(": `" + name->name.text.str() + "` is " +
                                           std::to_string(n) + " here")
                             : llvm::Twine());
    }
    axes[axis] = name ? axisId(frame, name->name.text, seen[name->name.text.str()]++) : "";
    ++axis;
  }
  input.axes = axes;
  return true;
}

bool Layers::checkResult(const ast::Shape *shape, Value &result, Scope &scope,
                         const ast::Expr *body, Range applied, llvm::StringRef what) {
  if (!shape || !result.isTensor())
    return true;
  std::vector<int64_t> sizes;
  std::vector<std::string> axes;
  if (!elab.evaluateShape(*shape, scope, sizes, axes))
    return false;
  if (exampleShape(result.tensor) != llvm::ArrayRef<int64_t>(sizes)) {
    auto report = diags.error(ast::valueOf(body)->range,
                              "`" + what + "` declares the result " + shapeText(sizes) +
                                  ", and its body gives " + shapeText(exampleShape(result.tensor)));
    report.note(shape->range, "declared here");
    if (applied.isValid())
      report.note(applied, "`" + what + "` is applied here");
    return false;
  }
  return true;
}

Value Layers::applySequence(const Applicable &sequence, llvm::ArrayRef<Arg> inputs, Range at,
                            llvm::StringRef placeName) {
  if (!placeName.empty()) {
    diags
        .error(at, "`as " + placeName + "` names the place of one layer, and `" + sequence.name +
                       "` makes several")
        .note("a layer of its own has a place: `layer part = " + sequence.name +
              "(…)`, and `|> part as " + placeName + "`");
    return Value::error();
  }
  if (inputs.size() != 1) {
    diags.error(at, "a sequence of layers takes one input");
    return Value::error();
  }
  Arg x = inputs[0];
  for (const Value &part : sequence.parts) {
    Value callee = part;
    if (callee.kind == Value::Kind::Applicable && callee.target->kind == Applicable::Kind::Layer &&
        !callee.target->instantiated)
      callee = elab.calls.instantiate(*callee.target, {}, at);
    if (callee.isError())
      return callee;
    const bool isLayer = callee.kind == Value::Kind::Applicable &&
                         (callee.target->kind == Applicable::Kind::Layer ||
                          callee.target->kind == Applicable::Kind::Sequence);
    x.value = isLayer ? applyLayer(callee.target, x, at) : elab.call(callee, x, at);
    if (x.value.isError())
      return x.value;
  }
  return x.value;
}

Value Layers::applyLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs,
                         Range at, llvm::StringRef placeName) {
  for (const Arg &a : inputs)
    if (a.value.isError() || a.value.isUnavailable())
      return a.value;
  if (layer->kind == Applicable::Kind::Sequence)
    return applySequence(*layer, inputs, at, placeName);
  return elab.calls.recorded(*layer, inputs, at,
                             [&] { return runLayer(layer, inputs, at, placeName); });
}

Value Layers::runMadeLayer(const Applicable &layer, llvm::ArrayRef<Arg> inputs, Placement &inner,
                           Scope &scope, Range at) {
  auto *decl = llvm::cast<ast::LayerDecl>(layer.decl);
  return elab.withFits(inner, [&] {
    Value made = elab.evaluate(decl->body, scope);
    return made.isError() ? made
           : made.kind == Value::Kind::Applicable &&
                   (made.target->kind == Applicable::Kind::Layer ||
                    made.target->kind == Applicable::Kind::Sequence)
               ? applyLayer(made.target, inputs, at)
               : elab.call(made, inputs, at);
  });
}

bool Layers::bindInputs(const Applicable &layer, llvm::ArrayRef<Arg> inputs, Scope &scope,
                        Range at) {
  auto *decl = llvm::cast<ast::LayerDecl>(layer.decl);
  Scope bound;
  bound.prelude = layer.prelude;
  bool ok = elab.calls.bind(decl->inputs, inputs, bound, at, layer.name);
  fn->emit.beginCall();
  for (const ast::Parameter &p : decl->inputs) {
    if (!ok)
      break;
    Value v = bound.names[p.name.text.str()];
    if (v.isKnown() || v.kind == Value::Kind::List || v.isHostScalar())
      v = fn->emit.argument(v, at);
    if (p.shape) {
      if (!v.isTensor()) {
        if (!v.isError())
          diags.error(at, "`" + layer.name + "` takes a tensor, and is given " + v.describe());
        ok = false;
        break;
      }
      if (!layer.prelude) // layers of the prelude do not differentiate
        v = fn->emit.argument(v, at);
      ok = matchShape(p, v, scope, at, layer.name);
    } else {
      v.axes.clear();
    }
    scope.names[p.name.text.str()] = v;
  }
  return ok;
}

Value Layers::runBody(const Applicable &layer, llvm::ArrayRef<Arg> inputs, Placement &inner,
                      Scope &scope, Range at) {
  auto *decl = llvm::cast<ast::LayerDecl>(layer.decl);
  const bool ok = bindInputs(layer, inputs, scope, at);
  Value result =
      ok ? elab.withFits(inner, [&] { return elab.evaluate(decl->body, scope); }) : Value::error();
  if (result.isKnown() || result.isHostScalar() || result.kind == Value::Kind::List)
    result = fn->emit.toTensor(result, at);
  if (!result.isError() && !result.isTensor()) {
    diags.error(decl->body->range, "a layer's value is a tensor, and this is " + result.describe());
    result = Value::error();
  }
  if (!result.isError() && !checkResult(decl->result, result, scope, decl->body,
                                        layer.prelude ? Range() : at, layer.name))
    result = Value::error();
  return result;
}

Value Layers::runLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs,
                       Range at, llvm::StringRef placeName) {
  auto *decl = llvm::cast<ast::LayerDecl>(layer->decl);
  Elaborator::CallSite site(elab, layer->prelude, at);
  Elaborator::Nesting nesting(elab, layer->name, at);
  if (!nesting.allowed)
    return Value::error();

  Scope scope;
  scope.prelude = layer->prelude;
  scope.frame = ++elab.frames;
  scope.names = layer->bound;
  if (!elab.places.placeFor(layer, placeName, at))
    return Value::error();
  const std::string path = layer->path;
  if (inputs.size() == 1)
    fn->inputs[path] = inputs[0].value;
  std::optional<Elaborator::PartGuard> part;
  if (fn->insideModel)
    part.emplace(*fn, elab.places.isTrained(path));
  Placement inner{path, decl, {}, 0, {}};
  Placement *outerPlacement = fn->placement;
  std::string outerPlace = fn->emit.place;
  Bodies::Entered body(elab.bodies, nullptr);
  fn->placement = &inner;
  fn->emit.place = path;
  Value result = decl->hasInputs ? runBody(*layer, inputs, inner, scope, at)
                                 : runMadeLayer(*layer, inputs, inner, scope, at);
  result.axes.clear();
  fn->placement = outerPlacement;
  fn->emit.place = outerPlace;
  return result;
}

Value Layers::runModel(const ast::ModelDecl *decl, const std::string &place, bool isMember,
                       mlir::Value input, Scope &scope, Range at) {
  Elaborator::PartGuard part(*fn, elab.places.isTrained(place));
  Bodies::Entered body(elab.bodies, nullptr);
  Placement inner{place, decl, {}, 0, {}};
  Placement *outerPlacement = fn->placement;
  std::string outerPlace = fn->emit.place;
  fn->placement = &inner;
  fn->emit.place = place;
  const Places::Around outerModel = elab.places.around;
  elab.places.around = {outerModel.member.empty() ? decl : outerModel.model, input,
                        outerModel.member.empty() ? &inner : outerModel.placement,
                        isMember ? place : outerModel.member};
  Value result = elab.withFits(inner, [&] { return elab.evaluate(decl->body, scope); });
  if (result.isKnown() || result.isHostScalar() || result.kind == Value::Kind::List)
    result = fn->emit.toTensor(result, at);
  fn->placement = outerPlacement;
  fn->emit.place = outerPlace;
  elab.places.around = outerModel;
  return result;
}

Value Layers::modelValue(const ast::ModelDecl *decl, const std::string &path, mlir::Value input,
                         Scope &scope, Range at) {
  auto use = elab.modelUses.find(decl);
  const int members = use == elab.modelUses.end() ? 0 : use->second.members;
  Value result = runModel(decl, members ? path + ".member1" : path, members, input, scope, at);
  for (int m = 1; m < members && !result.isError(); ++m)
    result = elab.arithmetic.binary(
        ast::BinaryOp::Add, result,
        runModel(decl, path + ".member" + std::to_string(m + 1), true, input, scope, at), at, at,
        at);
  if (members && !result.isError())
    result = elab.arithmetic.binary(ast::BinaryOp::Div, result, Value::of(members), at, at, at);
  return result;
}

bool Layers::isModelValue(const ast::ModelDecl *decl, llvm::StringRef name, const Value &result) {
  if (result.isUnavailable()) {
    diags
        .error(decl->body->range, "`" + name +
                                      "` needs the step, epoch or length of a run for its value, "
                                      "and has them only while it is trained")
        .note("a layer chooses by `if training { … } else { … }`");
    return false;
  }
  if (!result.isError() && !result.isTensor()) {
    diags.error(decl->body->range, "a model's value is a tensor, and this is " + result.describe());
    return false;
  }
  return true;
}

Value Layers::applyModel(const Applicable &model, llvm::ArrayRef<Arg> inputs, Range at) {
  if (fn->emit.element != fn->element) {
    // A metric computes in f64, but the model is applied in its own precision.
    std::vector<Arg> own;
    Value result;
    {
      Emitter::ElementGuard guard(fn->emit, fn->element);
      for (const Arg &a : inputs)
        own.push_back({a.name, fn->emit.inElement(a.value), a.range});
      result = applyModel(model, own, at);
    }
    return fn->emit.inElement(result);
  }
  auto *decl = llvm::cast<ast::ModelDecl>(model.decl);
  for (const Arg &a : inputs)
    if (a.value.isError() || a.value.isUnavailable())
      return a.value;
  Scope scope;
  scope.prelude = model.prelude;
  scope.frame = ++elab.frames;
  if (!elab.calls.bind(decl->inputs, inputs, scope, at, model.name))
    return Value::error();
  mlir::Value input;
  for (const ast::Parameter &p : decl->inputs) {
    Value v = fn->emit.toTensor(scope.names[p.name.text.str()], at);
    if (v.isError() || v.isUnavailable())
      return v;
    scope.names[p.name.text.str()] = v;
    input = input ? input : v.tensor;
  }
  // A member of an ensemble has its own parts.
  const std::string path =
      elab.places.around.member.empty() ? model.path : elab.places.around.member + "." + model.name;
  if (!elab.places.notePart(model, input, path, at))
    return Value::error();
  if (inputs.size() == 1)
    fn->inputs[path] = Value::of(input);
  const std::pair<std::string, void *> key{path, input.getAsOpaquePointer()};
  auto memo = fn->applied.find(key);
  if (decl->inputs.size() == 1 && memo != fn->applied.end())
    return memo->second;
  fn->emit.beginCall();
  for (const ast::Parameter &p : decl->inputs) {
    Value &v = scope.names[p.name.text.str()];
    v = fn->emit.argument(v, at);
    if (p.shape && !matchShape(p, v, scope, at, model.name))
      return Value::error();
  }

  Value result = modelValue(decl, path, input, scope, at);
  if (!isModelValue(decl, model.name, result))
    return Value::error();
  if (!result.isError() && !checkResult(decl->result, result, scope, decl->body, {}, model.name))
    result = Value::error();
  result.axes.clear();
  fn->applied[key] = result;
  return result;
}
