// Builtin functions: calls elementwise primitives by mnemonic, implements reductions, totals, `seq`
// and `repeat`, and dispatches to BuiltinsMove.cpp, BuiltinsShape.cpp and Gradients.cpp.
#include "compiler/irgen/eval/Elaborator.h"

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
    // `over = total_steps` of a schedule is a number of steps; `over = n` means the axis n, not its
    // size.
    const Value *local = scope.find(name->name.text);
    const bool axis = local && local->isAxisSize;
    const bool known = local || (!scope.prelude && symbols.user.count(name->name.text)) ||
                       fn->ambient.count(name->name.text.str()) ||
                       sema::isAmbientName(name->name.text);
    if (known && !axis) {
      // `units` of `w: [n, units]` is a number and the name of an axis. If the tensor has that
      // axis, the axis is meant.
      Value v = evaluate(e, scope);
      if (v.isNumber())
        v.axes = {axisId(scope.frameOfCall(), name->name.text)};
      return v;
    }
  } else if (!llvm::isa<ast::ListExpr, ast::EllipsisExpr>(e)) {
    return evaluate(e, scope); // a position, or the duration of a schedule
  }
  Value axes = Value::ofKind(Value::Kind::Axes);
  const unsigned frame = scope.frameOfCall(); // the names are those of the surrounding declaration
  auto addOne = [&](const ast::Expr *item) {
    if (llvm::isa<ast::EllipsisExpr>(item)) {
      axes.axes.push_back(axisId(frame, "..."));
      return true;
    }
    if (auto *name = llvm::dyn_cast<ast::NameExpr>(item)) {
      axes.axes.push_back(name->name.text == "batch" ? "batch" : axisId(frame, name->name.text));
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
llvm::SmallVector<int64_t> Elaborator::resolveAxes(const Value &x, const Arg *over, Range at,
                                                   bool &ok) {
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
  const bool named = !wanted.empty() && llvm::any_of(x.axes, [&](const std::string &axis) {
    return !axis.empty() && axisIdOfName(axis) == wanted[0];
  });
  if (over->value.kind != Value::Kind::Axes && !named) {
    wanted.clear();
    int64_t position;
    ok = integerOf(over->value, position, over->range, "the position of an axis");
    if (!ok)
      return dims;
    wanted.push_back("#" + std::to_string(position));
  }
  for (const std::string &name : wanted) {
    if (name == "batch") {
      if (column) {
        diags.error(over->range, "a field is computed row by row, and knows no batch")
            .note(
                "`normalize` takes statistics over the training split; a layer, a loss or a metric "
                "can look at other examples");
        ok = false;
        return dims;
      }
      if (lead)
        add(0);
      continue;
    }
    if (axisName(name) == "...") {
      for (size_t i = 0; i < x.axes.size(); ++i)
        if (axisName(x.axes[i]).starts_with("...") &&
            (axisFrame(x.axes[i]) == "0" || axisFrame(x.axes[i]) == axisFrame(name)))
          add(lead + i);
      continue;
    }
    if (name[0] == '#') {
      int64_t i = std::stoll(name.substr(1));
      if (i < -rank || i >= rank) {
        fn->emit.shapeError(over->range,
                            "there is no axis " + llvm::Twine(i) + " in " +
                                shapeText(exampleShape(x.tensor)),
                            x, at);
        ok = false;
        return dims;
      }
      add(lead + (i < 0 ? i + rank : i));
      continue;
    }
    const std::string plain = axisName(name).str();
    llvm::SmallVector<int64_t> found;
    std::string known, foreign;
    for (size_t i = 0; i < x.axes.size(); ++i) {
      if (x.axes[i].empty())
        continue;
      if (axisIdOfName(x.axes[i]) == name)
        found.push_back(int64_t(i));
      std::string &list = axisFrame(x.axes[i]) == axisFrame(name) ? known : foreign;
      list += (list.empty() ? "`" : ", `") + axisName(x.axes[i]).str() + "`";
    }
    if (found.size() != 1) {
      auto report = diags.error(over->range,
                                found.empty() ? "the tensor has no axis `" + plain + "`"
                                              : "the tensor has " + std::to_string(found.size()) +
                                                    " axes `" + plain + "`");
      if (!found.empty())
        report.note("they can be given by position: `over = 0`, `over = -1`");
      else if (!known.empty())
        report.note("its axes are " + known);
      else
        report.note("its axes have no names" +
                    (foreign.empty() ? std::string() : " in this declaration") +
                    "; they can be given by position: `over = 0`, `over = -1`");
      ok = false;
      return dims;
    }
    add(lead + found[0]);
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
      diags.error(
          over->range,
          "the weights of a model have different axes; they can only be reduced over all of them");
      return Value::error();
    }
    const llvm::StringRef combine = op == "reduce_sum"   ? "add"
                                    : op == "reduce_max" ? "max"
                                    : op == "reduce_min" ? "min"
                                                         : "";
    if (combine.empty()) {
      diags.error(call.at, "this reduction is not defined over several tensors");
      return Value::error();
    }
    Value total = Value::of(0);
    bool first = true;
    for (const Value &item : v.items) {
      bool ok;
      Value one = fn->emit.reduce(op, item, resolveAxes(item, nullptr, call.at, ok), false);
      total =
          first ? one : fn->emit.elementwise(combine, {total, one}, {call.at, call.at}, call.at);
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
  if (op == "argmax") {
    double count = 1;
    for (int64_t d : dims)
      if (auto type = llvm::cast<mlir::RankedTensorType>(v.tensor.getType()); !type.isDynamicDim(d))
        count *= double(type.getDimSize(d));
    if (!fn->emit.canCount(count, call.at, "`argmax`"))
      return Value::error();
  }
  if (op == "argmax" && dims.empty())
    return Value::of(fn->emit.broadcast(fn->emit.constant(0),
                                        llvm::cast<mlir::RankedTensorType>(v.tensor.getType()), {}),
                     v.axes);
  return fn->emit.reduce(op, v, dims, keeps);
}

/// Σ over all examples of the split. In the batch function, collects the part of the batch; in the
/// final function, reads the total. The part of a spread consists of the number of examples, their
/// mean, and the squares around that mean. Such parts are merged without a difference of large sums
/// (MetricT).
Value Elaborator::totalOf(const BuiltinCall &call, bool spread) {
  const Value &x = call.positional(0)->value;
  if (totalMode == TotalMode::None) {
    diags.error(call.at, llvm::Twine(spread ? "`total_spread`" : "`total`") +
                             " sums over a whole split, which only a metric does");
    return Value::error();
  }
  if (totalMode == TotalMode::Read) {
    totalsRead += spread ? 2 : 0;
    if (totalsRead >= totals.size())
      return Value::ofKind(Value::Kind::Unavailable);
    return Value::of(totals[totalsRead++]);
  }
  Value t = fn->emit.toTensor(x, call.positional(0)->range);
  if (!t.isTensor())
    return Value::error();
  Emitter &emit = fn->emit;
  auto whole = [&](mlir::Value v) { return fn->batched ? emit.batched(v) : v; };
  mlir::Value all = whole(t.tensor), sum = emit.batchSum(all);
  if (!spread) {
    fn->addsUp(sum, all);
    totals.push_back(sum);
    return Value::of(sum);
  }
  auto type = llvm::cast<mlir::RankedTensorType>(sum.getType());
  mlir::Value n = emit.batchSum(whole(emit.constant(1)));
  mlir::Value mean = emit.elementwise("div", {sum, emit.broadcast(n, type, {})});
  mlir::Value apart = emit.elementwise("sub", {all, whole(mean)});
  mlir::Value squares = emit.batchSum(emit.elementwise("mul", {apart, apart}));
  for (mlir::Value v : {n, mean, squares})
    fn->addsUp(v, all);
  spreads.push_back(totals.size());
  llvm::append_range(totals, llvm::ArrayRef<mlir::Value>{n, mean, squares});
  return Value::of(squares);
}

Value Elaborator::callBuiltin(llvm::StringRef name, const BuiltinCall &call) {
  for (const Arg &a : call.args)
    if (a.value.isError())
      return Value::error();
  if (name == "total" || name == "total_spread")
    return totalOf(call, /*spread=*/name == "total_spread");
  for (const Arg &a : call.args)
    if (a.value.isUnavailable())
      return a.value;
  const sema::Builtin *builtin = sema::findBuiltin(name);
  size_t positional = 0;
  for (const Arg &a : call.args)
    positional += a.name.empty();
  if (auto arity = sema::elementwiseArity(name); arity && (!builtin || positional == *arity)) {
    if (positional != *arity || call.args.size() != positional) {
      diags.error(call.at, "`" + name + "` takes " + llvm::Twine(*arity) +
                               (*arity == 1 ? " argument" : " arguments"));
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
    diags.error(call.at, "`" + name + "` is given " + llvm::Twine(positional) +
                             " arguments and takes " +
                             (builtin->min == builtin->max ? llvm::Twine(builtin->min)
                              : builtin->max == sema::Builtin::any
                                  ? llvm::Twine("at least ") + llvm::Twine(builtin->min)
                                  : llvm::Twine(builtin->min) + " to " + llvm::Twine(builtin->max))
                                 .str());
    return Value::error();
  }
  if (name == "sum")
    return reduction("reduce_sum", call);
  if (name == "max")
    return reduction("reduce_max", call);
  if (name == "min")
    return reduction("reduce_min", call);
  if (name == "argmax")
    return reduction("argmax", call);
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
    mlir::Value rows =
        fn->emit
            .create("nn.batch_size", {}, mlir::RankedTensorType::get({}, fn->emit.b.getF64Type()))
            ->getResult(0);
    return fn->emit.elementwise("mul", {Value::ofHost(rows), Value::of(n)}, {call.at, call.at},
                                call.at);
  }
  if (name == "grad")
    return gradientOf(call);
  if (name == "stop_gradient") {
    Value v = fn->emit.toTensor(call.positional(0)->value, call.at);
    if (!v.isTensor())
      return v;
    return Value::of(
        fn->emit.create("nn.stop_gradient", v.tensor, v.tensor.getType())->getResult(0), v.axes);
  }
  if (name.starts_with("random_"))
    return random(name, call);
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
    if (!integerOf(call.positional(0)->value, times, call.positional(0)->range,
                   "the number of repetitions"))
      return Value::error();
    if (times < 0 || times > 10000) {
      diags.error(call.positional(0)->range,
                  "the number of repetitions must be between 0 and 10000");
      return Value::error();
    }
    auto sequence = std::make_shared<Applicable>();
    sequence->kind = Applicable::Kind::Sequence;
    sequence->name = "repeat";
    // Every repetition has its own parameters: copy the layer and the layers inside it. Uses of the
    // same layer stay the same layer in each copy.
    std::map<const Applicable *, std::shared_ptr<Applicable>> copies;
    const Applicable *model = nullptr;
    std::function<void(Value &)> renew = [&](Value &v) {
      for (Value &item : v.items)
        renew(item);
      if (v.kind != Value::Kind::Applicable)
        return;
      if (v.target->kind == Applicable::Kind::Model)
        model = v.target.get();
      std::shared_ptr<Applicable> &fresh = copies[v.target.get()];
      if (!fresh) {
        fresh = std::make_shared<Applicable>(*v.target);
        if (fresh->kind == Applicable::Kind::Layer)
          fresh->placed = false;
        for (Value &part : fresh->parts)
          renew(part);
        for (auto &entry : fresh->bound)
          renew(entry.second);
        for (auto &entry : fresh->partial)
          renew(entry.second);
      }
      v.target = fresh;
    };
    for (int64_t i = 0; i < times; ++i) {
      copies.clear();
      sequence->parts.push_back(call.positional(1)->value);
      renew(sequence->parts.back());
    }
    if (model) {
      diags
          .error(call.positional(1)->range,
                 "`repeat` gives each repetition weights of its own, and the model `" +
                     model->name + "` has one set of them")
          .note("`seq(" + model->name + ", " + model->name +
                ")` applies it twice; a `layer` can be repeated");
      return Value::error();
    }
    return Value::of(sequence);
  }
  if (name == "missing") {
    diags.error(call.at, "`missing` asks whether a column of a data set has no value; it can be "
                         "used only in a data block");
    return Value::error();
  }
  if (name == "classes") {
    const Arg *of = call.positional(0);
    const int64_t n = of && of->value.classes ? (*of->value.classes)() : -1;
    if (of && of->value.isError())
      return of->value;
    if (n > 0)
      return Value::of(double(n));
    diags
        .error(diags.callSite.isValid() ? diags.callSite : call.at,
               "how many classes there are is not known before the run")
        .note("it is counted for `category(column)`, and for fields that are one; else give the "
              "number: `one_hot(y, 10)`");
    return Value::error();
  }
  if (name == "category") {
    diags.error(
        call.at,
        "`category` turns a column of a data set into class numbers; it belongs in a data block");
    return Value::error();
  }
  if (name == "class_weights") {
    diags.error(call.at, "`class_weights` takes a field of the data set that a run is on");
    return Value::error();
  }
  if (name == "conv2d")
    return conv2d(call);
  if (name == "windows")
    return windows(call);
  if (name == "window")
    return window(call);
  if (name == "pad")
    return padded(call);
  return reshaped(name, call);
}
