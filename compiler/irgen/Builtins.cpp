// Builtin functions: elementwise primitives by their mnemonic, reductions, constants, combinators of layers. Those that
// move elements stand in BuiltinsShape.cpp.
#include "compiler/irgen/Elaborator.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/sema/Builtins.h"
#include "compiler/sema/Sema.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

bool Elaborator::isBuiltin(llvm::StringRef name) { return sema::isBuiltinFunction(name); }

const Elaborator::Arg *Elaborator::BuiltinCall::positional(size_t i) const {
  for (const Arg &a : args)
    if (a.name.empty() && i-- == 0)
      return &a;
  return nullptr;
}

const Elaborator::Arg *Elaborator::BuiltinCall::named(llvm::StringRef name) const {
  for (const Arg &a : args)
    if (a.name == name)
      return &a;
  return nullptr;
}

const Elaborator::Arg *Elaborator::BuiltinCall::either(size_t i, llvm::StringRef name) const {
  const Arg *a = named(name);
  return a ? a : positional(i);
}

Value Elaborator::evaluateAxes(const ast::Expr *e, const Scope &scope) {
  if (auto *choice = llvm::dyn_cast<ast::IfExpr>(e)) {
    Value c = evaluate(choice->condition, scope);
    if (c.isError())
      return c;
    if (!c.isKnown() || !choice->otherwise) {
      diags.error(choice->condition->range, "the choice of axes must be known at compile time");
      return Value::error();
    }
    return evaluateAxes(c.number != 0 ? choice->then : choice->otherwise, scope);
  }
  if (auto *name = llvm::dyn_cast<ast::NameExpr>(e)) {
    if (const Value *v = scope.find(name->name.text))
      if (v->kind == Value::Kind::Axes || v->kind == Value::Kind::All)
        return *v;
    if (name->name.text == "all")
      return Value::ofKind(Value::Kind::All);
    // A schedule's `over = total_steps` is a number of steps; `over = n` means the axis n, not its size.
    const Value *local = scope.find(name->name.text);
    const bool axis = local && local->isAxisSize;
    const bool known = local || (!scope.prelude && symbols.user.count(name->name.text)) ||
                       fn->ambient.count(name->name.text.str()) || sema::isAmbientName(name->name.text);
    if (known && !axis)
      return evaluate(e, scope);
  } else if (!llvm::isa<ast::ListExpr, ast::EllipsisExpr>(e)) {
    return evaluate(e, scope); // a position, or a schedule's duration
  }
  Value axes = Value::ofKind(Value::Kind::Axes);
  auto addOne = [&](const ast::Expr *item) {
    if (llvm::isa<ast::EllipsisExpr>(item)) {
      axes.axes.push_back("...");
      return true;
    }
    if (auto *name = llvm::dyn_cast<ast::NameExpr>(item)) {
      axes.axes.push_back(name->name.text.str());
      return true;
    }
    int64_t i;
    if (!evaluateInteger(item, scope, i, "the position of an axis"))
      return false;
    axes.axes.push_back("#" + std::to_string(i));
    return true;
  };
  if (auto *list = llvm::dyn_cast<ast::ListExpr>(e)) {
    for (const ast::Expr *item : list->elements)
      if (!addOne(item))
        return Value::error();
    return axes;
  }
  return addOne(e) ? axes : Value::error();
}

/// The dims of x's MLIR tensor that `over` names, ascending.
llvm::SmallVector<int64_t> Elaborator::resolveAxes(const Value &x, const Arg *over, Range at, bool &ok) {
  const int64_t rank = exampleShape(x.tensor).size(), lead = isBatched(x.tensor);
  llvm::SmallVector<int64_t> dims;
  ok = true;
  auto add = [&](int64_t d) {
    if (!llvm::is_contained(dims, d))
      dims.push_back(d);
  };
  if (!over || over->value.kind == Value::Kind::All) {
    for (int64_t i = 0; i < rank; ++i)
      add(lead + i);
    return dims;
  }
  if (over->value.isError()) {
    ok = false;
    return dims;
  }
  std::vector<std::string> wanted = over->value.axes;
  if (over->value.kind != Value::Kind::Axes) {
    int64_t position;
    ok = integerOf(over->value, position, over->range, "the position of an axis");
    if (!ok)
      return dims;
    wanted.push_back("#" + std::to_string(position));
  }
  for (const std::string &name : wanted) {
    if (name == "batch") {
      if (lead)
        add(0);
      continue;
    }
    if (name == "...") {
      for (size_t i = 0; i < x.axes.size(); ++i)
        if (llvm::StringRef(x.axes[i]).starts_with("..."))
          add(lead + i);
      continue;
    }
    if (name[0] == '#') {
      int64_t i = std::stoll(name.substr(1));
      if (i < -rank || i >= rank) {
        fn->emit.shapeError(over->range, "there is no axis " + llvm::Twine(i) + " in " + shapeText(exampleShape(x.tensor)),
                            x, at);
        ok = false;
        return dims;
      }
      add(lead + (i < 0 ? i + rank : i));
      continue;
    }
    auto it = llvm::find(x.axes, name);
    if (it == x.axes.end()) {
      auto report = diags.error(over->range, "the tensor has no axis `" + name + "`");
      std::string known;
      for (const std::string &a : x.axes)
        if (!a.empty())
          known += (known.empty() ? "`" : ", `") + a + "`";
      report.note(known.empty() ? std::string("its axes have no names; they can be given by position: `over = 0`, `over = -1`")
                                : "its axes are " + known);
      ok = false;
      return dims;
    }
    add(lead + (it - x.axes.begin()));
  }
  llvm::sort(dims);
  return dims;
}

Value Elaborator::reduction(llvm::StringRef op, const BuiltinCall &call) {
  const Arg *x = call.positional(0), *over = call.named("over"), *keep = call.named("keep");
  if (keep && !keep->value.isKnown()) {
    diags.error(keep->range, "`keep` must be true or false");
    return Value::error();
  }
  const bool keeps = keep && keep->value.number != 0;
  Value v = x->value;
  if (v.kind == Value::Kind::Place)
    v = readPlace(v, x->range);
  if (v.kind == Value::Kind::Weights) {
    if (over) {
      diags.error(over->range, "the weights of a model have different axes; they can only be reduced over all of them");
      return Value::error();
    }
    const llvm::StringRef combine = op == "reduce_sum" ? "add" : op == "reduce_max" ? "max" : op == "reduce_min" ? "min" : "";
    if (combine.empty()) {
      diags.error(call.at, "this reduction is not defined over several tensors");
      return Value::error();
    }
    Value total = Value::of(0);
    bool first = true;
    for (const Value &item : v.items) {
      bool ok;
      Value one = fn->emit.reduce(op, item, resolveAxes(item, nullptr, call.at, ok), false);
      total = first ? one : fn->emit.elementwise(combine, {total, one}, {call.at, call.at}, call.at);
      first = false;
    }
    return total;
  }
  v = fn->emit.toTensor(v, x->range);
  if (!v.isTensor())
    return v;
  bool ok;
  llvm::SmallVector<int64_t> dims = resolveAxes(v, over, x->range, ok);
  if (!ok)
    return Value::error();
  if (op == "argmax" && dims.empty())
    return Value::of(fn->emit.broadcast(fn->emit.constant(0), llvm::cast<mlir::RankedTensorType>(v.tensor.getType()), {}));
  return fn->emit.reduce(op, v, dims, keeps);
}

/// Σ over all examples of the split: the batch's share is collected, and the final formula reads the whole.
Value Elaborator::totalOf(const BuiltinCall &call) {
  const Value &x = call.positional(0)->value;
  if (totalMode == TotalMode::None) {
    diags.error(call.at, "`total` sums over a whole split, which only a metric does");
    return Value::error();
  }
  if (totalMode == TotalMode::Read) {
    if (totalsRead >= totals.size())
      return Value::ofKind(Value::Kind::Unavailable);
    return Value::of(totals[totalsRead++]);
  }
  Value t = fn->emit.toTensor(x, call.positional(0)->range);
  if (!t.isTensor())
    return Value::error();
  mlir::Value sum = fn->emit.batchSum(fn->batched ? fn->emit.batched(t.tensor) : t.tensor);
  totals.push_back(sum);
  return Value::of(sum);
}

Value Elaborator::callBuiltin(llvm::StringRef name, const BuiltinCall &call) {
  for (const Arg &a : call.args)
    if (a.value.isError())
      return Value::error();
  if (name == "total")
    return totalOf(call);
  for (const Arg &a : call.args)
    if (a.value.isUnavailable())
      return a.value;
  const sema::Builtin *builtin = sema::findBuiltin(name);
  size_t positional = 0;
  for (const Arg &a : call.args)
    positional += a.name.empty();
  if (auto arity = sema::elementwiseArity(name); arity && (!builtin || positional == *arity)) {
    if (positional != *arity || call.args.size() != positional) {
      diags.error(call.at, "`" + name + "` takes " + llvm::Twine(*arity) + (*arity == 1 ? " argument" : " arguments"));
      return Value::error();
    }
    llvm::SmallVector<Value> values;
    llvm::SmallVector<Range> ranges;
    const Arg *weights = nullptr;
    for (const Arg &a : call.args) {
      Value v = inSteps(a.value, a.range);
      if (v.kind == Value::Kind::Place)
        v = readPlace(v, a.range);
      if (v.isError())
        return v;
      weights = v.kind == Value::Kind::Weights ? &a : weights;
      values.push_back(v);
      ranges.push_back(a.range);
    }
    if (weights) {
      if (values.size() == 1)
        return mapWeights(values[0], Value::of(0), [&](const Value &x, const Value &) {
          return fn->emit.elementwise(name, x, ranges, call.at);
        });
      return mapWeights(values[0], values[1], [&](const Value &x, const Value &y) {
        return fn->emit.elementwise(name, {x, y}, ranges, call.at);
      });
    }
    return fn->emit.elementwise(name, values, ranges, call.at);
  }
  if (!builtin)
    return unknownName(name, call.at);
  if (positional < builtin->min || positional > builtin->max) {
    diags.error(call.at, "`" + name + "` is given " + llvm::Twine(positional) + " arguments and takes " +
                             (builtin->min == builtin->max ? llvm::Twine(builtin->min)
                              : builtin->max == sema::Builtin::any
                                  ? llvm::Twine("at least ") + llvm::Twine(builtin->min)
                                  : llvm::Twine(builtin->min) + " to " + llvm::Twine(builtin->max)).str());
    return Value::error();
  }
  if (name == "sum") return reduction("reduce_sum", call);
  if (name == "max") return reduction("reduce_max", call);
  if (name == "min") return reduction("reduce_min", call);
  if (name == "argmax") return reduction("argmax", call);
  if (name == "count") {
    Value v = fn->emit.toTensor(call.positional(0)->value, call.at);
    if (!v.isTensor())
      return v;
    bool ok;
    double n = 1;
    bool batch = false;
    for (int64_t d : resolveAxes(v, call.named("over"), call.at, ok)) {
      auto type = llvm::cast<mlir::RankedTensorType>(v.tensor.getType());
      if (type.isDynamicDim(d))
        batch = true;
      else
        n *= double(type.getDimSize(d));
    }
    if (!ok)
      return Value::error();
    if (!batch)
      return Value::of(n);
    mlir::Value rows = fn->emit.create("nn.batch_size", {}, mlir::RankedTensorType::get({}, fn->emit.b.getF64Type()))->getResult(0);
    return fn->emit.elementwise("mul", {Value::ofHost(rows), Value::of(n)}, {call.at, call.at}, call.at);
  }
  if (name == "grad") return gradientOf(call);
  if (name == "stop_gradient") {
    Value v = fn->emit.toTensor(call.positional(0)->value, call.at);
    if (!v.isTensor())
      return v;
    return Value::of(fn->emit.create("nn.stop_gradient", v.tensor, v.tensor.getType())->getResult(0), v.axes);
  }
  if (name.starts_with("random_")) return random(name, call);
  if (name == "seq") {
    auto sequence = std::make_shared<Applicable>();
    sequence->kind = Applicable::Kind::Sequence;
    sequence->name = "seq";
    for (const Arg &a : call.args)
      sequence->parts.push_back(a.value);
    return Value::of(sequence);
  }
  if (name == "repeat") {
    int64_t times;
    if (!integerOf(call.positional(0)->value, times, call.positional(0)->range, "the number of repetitions"))
      return Value::error();
    if (times < 0 || times > 10000) {
      diags.error(call.positional(0)->range, "a number of repetitions between 0 and 10000 is wanted");
      return Value::error();
    }
    auto sequence = std::make_shared<Applicable>();
    sequence->kind = Applicable::Kind::Sequence;
    sequence->name = "repeat";
    const Value &layer = call.positional(1)->value;
    // Every repetition has parameters of its own: copy the layer and the layers inside it.
    std::function<Value(const Value &)> copy = [&](const Value &v) {
      if (v.kind != Value::Kind::Applicable)
        return v;
      Value fresh = v;
      fresh.target = std::make_shared<Applicable>(*v.target);
      for (Value &part : fresh.target->parts)
        part = copy(part);
      for (auto &entry : fresh.target->bound)
        entry.second = copy(entry.second);
      return fresh;
    };
    for (int64_t i = 0; i < times; ++i)
      sequence->parts.push_back(copy(layer));
    return Value::of(sequence);
  }
  if (name == "category") {
    diags.error(call.at, "`category` turns a column of a data set into class numbers; it stands in a data block");
    return Value::error();
  }
  if (name == "class_weights") {
    diags.error(call.at, "`class_weights` takes a field of the data set that a run is on");
    return Value::error();
  }
  if (name == "conv2d") return conv2d(call);
  if (name == "windows") return windows(call);
  if (name == "window") return window(call);
  if (name == "pad") return padded(call);
  return reshaped(name, call);
}
