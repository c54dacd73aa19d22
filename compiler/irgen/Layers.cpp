// Layers and models: inputs are matched against declared shapes, parameters and states live at places.
#include "compiler/irgen/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

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

bool Elaborator::matchShape(const ast::Parameter &param, Value &input, Scope &scope, Range at, llvm::StringRef what) {
  auto dims = param.shape->dims;
  auto shape = exampleShape(input.tensor);
  auto mismatch = [&](const llvm::Twine &why) {
    auto report = diags.error(at, "`" + what + "` takes " + declaredText(*param.shape) + " and is given " +
                                      shapeText(shape) + why);
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
    return mismatch(", which has " + llvm::Twine(shape.size()) + (shape.size() == 1 ? " axis" : " axes"));
  std::vector<std::string> axes(shape.size());
  const size_t rest = open ? shape.size() + 1 - dims.size() : 0;
  for (size_t i = 0, axis = 0; i < dims.size(); ++i) {
    if (i == ellipsis) {
      for (size_t k = 0; k < rest; ++k, ++axis) {
        axes[axis] = "..." + std::to_string(k);
        scope.names[axes[axis]] = Value::of(double(shape[axis]));
      }
      continue;
    }
    auto *name = llvm::dyn_cast<ast::NameExpr>(dims[i]);
    // A name is a constant if it is a parameter, an axis met before, or a `let` of the program; else it names this axis.
    const ast::Decl *constant = name && !scope.prelude ? symbols.user.lookup(name->name.text) : nullptr;
    if (name && !scope.find(name->name.text) && !(constant && llvm::isa<ast::LetDecl, ast::OptionDecl>(constant))) {
      Value size = Value::of(double(shape[axis]));
      size.isAxisSize = true;
      scope.names[name->name.text.str()] = size;
    } else {
      int64_t n;
      if (!evaluateInteger(dims[i], scope, n, "the size of an axis"))
        return false;
      if (n != shape[axis])
        return mismatch(name ? llvm::Twine(": `" + name->name.text.str() + "` is " + std::to_string(n) + " here")
                             : llvm::Twine());
    }
    axes[axis] = name ? name->name.text.str() : "";
    ++axis;
  }
  input.axes = axes;
  return true;
}

bool Elaborator::checkResult(const ast::Shape *shape, Value &result, Scope &scope, Range at, llvm::StringRef what) {
  if (!shape || !result.isTensor())
    return true;
  std::vector<int64_t> sizes;
  std::vector<std::string> axes;
  if (!evaluateShape(*shape, scope, sizes, axes))
    return false;
  if (exampleShape(result.tensor) != llvm::ArrayRef<int64_t>(sizes)) {
    diags.error(at, "`" + what + "` declares the result " + shapeText(sizes) + ", and its body gives " +
                        shapeText(exampleShape(result.tensor)))
        .note(shape->range, "declared here");
    return false;
  }
  return true;
}

std::string Elaborator::placeFor(const std::shared_ptr<Applicable> &layer, llvm::StringRef placeName, Range at) {
  if (layer->placed)
    return layer->path;
  std::string name = placeName.str();
  if (fn->placement) {
    const int count = ++fn->placement->counts[layer->name];
    if (name.empty())
      name = layer->name + std::to_string(count);
    layer->path = fn->placement->path.empty() ? name : fn->placement->path + "." + name;
  } else {
    layer->path = name.empty() ? layer->name : name;
  }
  layer->placed = true;
  placed.push_back(layer);
  return layer->path;
}

Value Elaborator::applyLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                             llvm::StringRef placeName) {
  for (const Arg &a : inputs)
    if (a.value.isError() || a.value.isUnavailable())
      return a.value;
  if (layer->kind == Applicable::Kind::Sequence) {
    if (inputs.size() != 1) {
      diags.error(at, "a sequence of layers takes one input");
      return Value::error();
    }
    Arg x = inputs[0];
    for (const Value &part : layer->parts) {
      Value callee = part;
      if (callee.kind == Value::Kind::Applicable && callee.target->kind == Applicable::Kind::Layer &&
          !callee.target->instantiated)
        callee = instantiate(*callee.target, {}, at);
      if (callee.isError())
        return callee;
      const bool isLayer = callee.kind == Value::Kind::Applicable && (callee.target->kind == Applicable::Kind::Layer ||
                                                                      callee.target->kind == Applicable::Kind::Sequence);
      x.value = isLayer ? applyLayer(callee.target, x, at) : call(callee, x, at);
      if (x.value.isError())
        return x.value;
    }
    return x.value;
  }
  return recorded(*layer, inputs, at, [&] { return runLayer(layer, inputs, at, placeName); });
}

Value Elaborator::runLayer(const std::shared_ptr<Applicable> &layer, llvm::ArrayRef<Arg> inputs, Range at,
                           llvm::StringRef placeName) {
  auto *decl = llvm::cast<ast::LayerDecl>(layer->decl);
  CallSite site(*this, layer->prelude, at);
  if (++depth > 200) {
    --depth;
    diags.error(at, "`" + layer->name + "` contains itself without end");
    return Value::error();
  }
  struct Leave { unsigned &d; ~Leave() { --d; } } leave{depth};

  Scope scope;
  scope.prelude = layer->prelude;
  scope.names = layer->bound;
  const std::string path = placeFor(layer, placeName, at);
  if (inputs.size() == 1)
    fn->inputs[path] = inputs[0].value;
  Placement inner;
  inner.path = path;
  Placement *outerPlacement = fn->placement;
  std::string outerPlace = fn->emit.place;
  auto outerStates = std::move(localStates);
  localStates.clear();
  Schedule *outerSchedule = schedule;
  schedule = nullptr;
  fn->placement = &inner;
  fn->emit.place = path;
  auto restore = [&] {
    fn->placement = outerPlacement;
    fn->emit.place = outerPlace;
    localStates = std::move(outerStates);
    schedule = outerSchedule;
  };
  Value result;
  if (!decl->hasInputs) {
    // The body's value is itself a layer.
    result = withFits(inner, [&] {
      Value made = evaluate(decl->body, scope);
      return made.isError() ? made
             : made.kind == Value::Kind::Applicable && (made.target->kind == Applicable::Kind::Layer ||
                                                        made.target->kind == Applicable::Kind::Sequence)
                 ? applyLayer(made.target, inputs, at)
                 : call(made, inputs, at);
    });
  } else {
    Scope bound;
    bound.prelude = layer->prelude;
    bool ok = bind(decl->inputs, inputs, bound, at, layer->name);
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
            diags.error(at, "`" + layer->name + "` takes a tensor, and is given " + v.describe());
          ok = false;
          break;
        }
        if (!layer->prelude) // whose layers derive nothing
          v = fn->emit.argument(v, at);
        ok = matchShape(p, v, scope, at, layer->name);
      } else {
        v.axes.clear();
      }
      scope.names[p.name.text.str()] = v;
    }
    result = ok ? withFits(inner, [&] { return evaluate(decl->body, scope); }) : Value::error();
    if (result.isKnown() || result.isHostScalar() || result.kind == Value::Kind::List)
      result = fn->emit.toTensor(result, at);
    if (!result.isError() && !result.isTensor()) {
      diags.error(decl->body->range, "a layer's value is a tensor, and this is " + result.describe());
      result = Value::error();
    }
    if (!result.isError() && !checkResult(decl->result, result, scope, at, layer->name))
      result = Value::error();
  }
  result.axes.clear();
  restore();
  return result;
}

Value Elaborator::applyModel(const Applicable &model, llvm::ArrayRef<Arg> inputs, Range at) {
  auto *decl = llvm::cast<ast::ModelDecl>(model.decl);
  for (const Arg &a : inputs)
    if (a.value.isError() || a.value.isUnavailable())
      return a.value;
  Scope scope;
  scope.prelude = model.prelude;
  if (!bind(decl->inputs, inputs, scope, at, model.name))
    return Value::error();
  const void *key = nullptr;
  for (const ast::Parameter &p : decl->inputs) {
    Value v = fn->emit.toTensor(scope.names[p.name.text.str()], at);
    if (v.isError() || v.isUnavailable())
      return v;
    scope.names[p.name.text.str()] = v;
    key = key ? key : v.tensor.getAsOpaquePointer();
  }
  auto memo = fn->applied.find({decl, const_cast<void *>(key)});
  if (decl->inputs.size() == 1 && memo != fn->applied.end())
    return memo->second;
  fn->emit.beginCall();
  for (const ast::Parameter &p : decl->inputs) {
    Value &v = scope.names[p.name.text.str()];
    v = fn->emit.argument(v, at);
    if (p.shape && !matchShape(p, v, scope, at, model.name))
      return Value::error();
  }

  auto body = [&](const std::string &place) {
    Placement inner;
    inner.path = place;
    Placement *outerPlacement = fn->placement;
    std::string outerPlace = fn->emit.place;
    fn->placement = &inner;
    fn->emit.place = place;
    Value result = withFits(inner, [&] { return evaluate(decl->body, scope); });
    if (result.isKnown() || result.isHostScalar() || result.kind == Value::Kind::List)
      result = fn->emit.toTensor(result, at);
    fn->placement = outerPlacement;
    fn->emit.place = outerPlace;
    return result;
  };
  auto use = modelUses.find(decl);
  const int members = use == modelUses.end() ? 0 : use->second.members;
  Value result = body(members ? model.path + ".member1" : model.path);
  for (int m = 1; m < members && !result.isError(); ++m)
    result = binary(ast::BinaryOp::Add, result, body(model.path + ".member" + std::to_string(m + 1)), at, at, at);
  if (members && !result.isError())
    result = binary(ast::BinaryOp::Div, result, Value::of(members), at, at, at);
  if (result.isUnavailable()) {
    diags.error(decl->body->range,
                "`" + model.name + "` needs the step, epoch or length of a run for its value, and has them only while it is trained")
        .note("a layer chooses by `if training { … } else { … }`");
    return Value::error();
  }
  if (!result.isError() && !result.isTensor()) {
    diags.error(decl->body->range, "a model's value is a tensor, and this is " + result.describe());
    return Value::error();
  }
  if (!result.isError() && !checkResult(decl->result, result, scope, decl->name.range, model.name))
    result = Value::error();
  result.axes.clear();
  fn->applied[{decl, const_cast<void *>(key)}] = result;
  return result;
}
