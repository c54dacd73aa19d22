// Evaluates names, lists, arithmetic, conditions and fields.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

#include <cmath>

using namespace nnc;

/// The limit of `[a .. b]`. Each item of a list is a separate value, and more of them would fill
/// the memory.
static constexpr int64_t mostListed = 1000000;

Elaborator::Nesting::Nesting(Elaborator &e, const llvm::Twine &name, Range at)
    : e(e), allowed(++e.depth <= mostNesting) {
  if (!allowed)
    e.diags
        .error(at, "`" + name + "` is more than " + llvm::Twine(mostNesting) +
                       " values, functions and layers deep, each of which is made of the next; nnc "
                       "goes no deeper")
        .note("a longer chain can be cut by arguments: `fn f(x) = …` of a value that is computed "
              "before");
}

bool Elaborator::withinLimit(Range at) {
  if (!tooLarge && ++fn->evaluations <= mostEvaluations)
    return true;
  if (!std::exchange(tooLarge, true)) // the other functions would only report it again
    diags
        .error(at, "this program is too large: written out, its functions, layers and lists are "
                   "more than " +
                       llvm::Twine(mostEvaluations / 1000000) + " million operations in one step")
        .note("what uses a value twice, once for each time it is used in turn, doubles: `let` in a "
              "body computes it once");
  return false;
}

Value Elaborator::evaluate(const ast::Expr *e, const Scope &scope) {
  if (!withinLimit(e->range))
    return Value::error();
  RangeGuard guard(*this, e->range);
  Value v = [&]() -> Value {
    switch (e->kind) {
    case ast::ExprKind::Number: {
      auto *n = llvm::cast<ast::NumberExpr>(e);
      return Value::of(n->value, n->unit == ast::Unit::Epochs  ? Value::Unit::Epochs
                                 : n->unit == ast::Unit::Steps ? Value::Unit::Steps
                                                               : Value::Unit::None);
    }
    case ast::ExprKind::String:
      return Value::ofText(llvm::cast<ast::StringExpr>(e)->value);
    case ast::ExprKind::Bool:
      return Value::ofBool(llvm::cast<ast::BoolExpr>(e)->value);
    case ast::ExprKind::Name:
      return evaluateName(llvm::cast<ast::NameExpr>(e), scope);
    case ast::ExprKind::List:
      return evaluateList(llvm::cast<ast::ListExpr>(e), scope);
    case ast::ExprKind::Unary: {
      auto *u = llvm::cast<ast::UnaryExpr>(e);
      Value v = evaluate(u->operand, scope);
      if (u->op == ast::UnaryOp::Neg)
        return negate(v, e->range);
      if (v.isKnown())
        return Value::ofBool(v.number == 0);
      return binary(ast::BinaryOp::Eq, v, Value::of(0), e->range, u->operand->range, e->range);
    }
    case ast::ExprKind::Binary: {
      if (comparesText(llvm::cast<ast::BinaryExpr>(e)))
        return compareText(llvm::cast<ast::BinaryExpr>(e));
      // Long sums lean to the left: walk down in a loop instead of recursively.
      llvm::SmallVector<const ast::BinaryExpr *> spine;
      const ast::Expr *left = e;
      while (auto *bin = llvm::dyn_cast<ast::BinaryExpr>(left)) {
        if (comparesText(bin))
          break;
        spine.push_back(bin);
        left = bin->lhs;
      }
      Value v = evaluate(left, scope);
      Range leftRange = left->range;
      for (const ast::BinaryExpr *bin : llvm::reverse(spine)) {
        Value r = evaluate(bin->rhs, scope);
        RangeGuard inner(*this, bin->range);
        v = binary(bin->op, v, r, bin->range, leftRange, bin->rhs->range);
        leftRange = bin->range;
        if (v.isTensor())
          fn->emit.noteOrigin(v.tensor, bin->range);
      }
      return v;
    }
    case ast::ExprKind::If:
      return evaluateIf(llvm::cast<ast::IfExpr>(e), scope);
    case ast::ExprKind::Call:
      return evaluateCall(llvm::cast<ast::CallExpr>(e), scope);
    case ast::ExprKind::Index:
      return evaluateIndex(llvm::cast<ast::IndexExpr>(e), scope);
    case ast::ExprKind::Field:
      return evaluateField(llvm::cast<ast::FieldExpr>(e), scope);
    case ast::ExprKind::Transpose: {
      Value v = evaluate(llvm::cast<ast::TransposeExpr>(e)->operand, scope);
      if (v.kind == Value::Kind::Place)
        v = readPlace(v, e->range);
      if (v.isError() || v.isUnavailable())
        return v;
      v = fn->emit.toTensor(v, e->range);
      return v.isTensor() ? fn->emit.transposed(v, e->range) : v;
    }
    case ast::ExprKind::Pipe:
      return evaluatePipe(llvm::cast<ast::PipeExpr>(e), scope);
    case ast::ExprKind::Block: {
      Scope inner;
      inner.parent = &scope;
      inner.prelude = scope.prelude;
      return evaluateBlock(llvm::cast<ast::BlockExpr>(e), inner);
    }
    case ast::ExprKind::Ellipsis:
    case ast::ExprKind::RangeOf:
      break;
    }
    diags.error(e->range, "this stands for axes or columns and has no value here");
    return Value::error();
  }();
  // The origin of a value is the user's outermost expression for it. Inside the prelude, it is set
  // only if the user's text did not set it.
  if (v.isTensor() && e->kind != ast::ExprKind::Name)
    fn->emit.noteOrigin(v.tensor, e->range, /*replace=*/!diags.callSite.isValid());
  if (v.kind == Value::Kind::Applicable && !v.target->written.isValid())
    v.target->written = e->range;
  return v;
}

Value Elaborator::unknownName(llvm::StringRef name, Range at) {
  if (symbols.results.count(name)) {
    diags.error(at, "`" + name + "` is found while the program runs, and this is built before")
        .note("`save " + name +
              " to …` and `load … from` put its weights into a model of the program");
    return Value::error();
  }
  diags.error(at, "`" + name + "` has no value here");
  return Value::error();
}

/// Whether a comparison such as `origin != "usa"` in a data block compares a cell as text.
bool Elaborator::comparesText(const ast::BinaryExpr *e) const {
  return columnTruth && (llvm::isa<ast::StringExpr>(e->lhs) || llvm::isa<ast::StringExpr>(e->rhs));
}

Value Elaborator::compareText(const ast::BinaryExpr *e) {
  auto *text = llvm::dyn_cast<ast::StringExpr>(e->rhs);
  const ast::Expr *other = text ? e->lhs : e->rhs;
  if (!text)
    text = llvm::cast<ast::StringExpr>(e->lhs);
  auto *call = llvm::dyn_cast<ast::CallExpr>(other); // `category(origin) == "usa"` means the same
  auto *callee = call ? llvm::dyn_cast<ast::NameExpr>(call->callee) : nullptr;
  if (callee && sema::isBuiltin(callee->name.text, sema::BuiltinKind::Category) &&
      call->args.size() == 1 && call->args[0].value)
    other = call->args[0].value;
  auto *name = llvm::dyn_cast<ast::NameExpr>(other);
  const bool equal = e->op == ast::BinaryOp::Eq;
  if (name && (equal || e->op == ast::BinaryOp::Ne))
    if (std::optional<Value> v = columnTruth(name->name.text, NN_EQUALS, text->value, name->range))
      return equal || v->isError()
                 ? *v
                 : binary(ast::BinaryOp::Sub, Value::of(1), *v, e->range, e->range, e->range);
  diags.error(e->range,
              "a text is compared by `==` or `!=` with a column: `where origin != \"usa\"`");
  return Value::error();
}

std::optional<Value> Elaborator::clockValue(const sema::Ambient &ambient, Range at) {
  // A layer that uses a schedule only while training, as dropout may, can be given one. applyModel
  // reports all others.
  if (!fn->hasClock && fn->placement)
    return Value::ofKind(Value::Kind::Unavailable);
  if (!fn->hasClock)
    return std::nullopt;
  if (ambient.kind != sema::AmbientKind::ValLoss || fn->unvalidated.empty())
    return Value::ofHost(fn->scalar(ambient.name));
  diags
      .error(at, "`val_loss` is the loss on the validation split, and `" + fn->unvalidated +
                     "` has none")
      .note("a `split` entry with `val = 10%` makes one");
  return Value::error();
}

std::optional<Value> Elaborator::ambientValue(const sema::Ambient &ambient, Range at) {
  using Kind = sema::AmbientKind;
  switch (ambient.kind) {
  case Kind::Step:
  case Kind::Epoch:
  case Kind::TotalSteps:
  case Kind::StepsPerEpoch:
  case Kind::ValLoss:
    return clockValue(ambient, at);
  case Kind::All:
    return Value::ofKind(Value::Kind::All);
  case Kind::None:
    return Value::ofKind(Value::Kind::None);
  case Kind::BatchShare:
    return fn->training ? Value::ofHost(fn->scalar(ambient.name)) : Value::of(1);
  case Kind::Training:
    return Value::ofBool(fn->training);
  case Kind::Shape:
  case Kind::FanIn:
  case Kind::FanOut:
  case Kind::Output:
  case Kind::Theta:
  case Kind::Grad:
  case Kind::T:
  case Kind::Input:
    return std::nullopt;
  }
  llvm_unreachable("every kind is above");
}

Value Elaborator::evaluateName(const ast::NameExpr *e, const Scope &scope) {
  const llvm::StringRef name = e->name.text;
  if (const Value *v = scope.find(name))
    return fn->emit.inElement(*v);
  const bool prelude = scope.prelude;
  if (!prelude && column)
    if (std::optional<Value> v = column(name, /*asCategory=*/false, e->range))
      return *v;
  auto it = fn->ambient.find(name.str()); // theta, grad, shape, …: these hide declarations
  if (it != fn->ambient.end())
    return fn->emit.inElement(it->second);
  if (!prelude)
    if (const ast::Decl *d = symbols.user.lookup(name))
      return declared(d, false);
  if (const sema::Ambient *ambient = sema::findAmbient(name))
    if (std::optional<Value> v = ambientValue(*ambient, e->range))
      return *v;
  if (const ast::Decl *d = symbols.prelude.lookup(name))
    return declared(d, true);
  if (std::optional<sema::Predefined> predefined = sema::findPredefined(name)) {
    auto a = std::make_shared<Applicable>();
    a->kind = Applicable::Kind::Builtin;
    a->name = name.str();
    a->predefined = *predefined;
    return Value::of(a);
  }
  return unknownName(name, e->range);
}

Value Elaborator::declared(const ast::Decl *decl, bool prelude) {
  Scope global;
  global.prelude = prelude;
  if (auto *let = llvm::dyn_cast<ast::LetDecl>(decl)) {
    // The number of a let is the same everywhere, unless names have another meaning in some places:
    // `theta`, a drawn constant.
    const bool fixed = !inVariant && fn->ambient.empty();
    if (auto known = knownLets.find(let); fixed && known != knownLets.end())
      return known->second;
    Nesting nesting(*this, decl->name.text, decl->name.range);
    if (!nesting.allowed)
      return Value::error();
    Value v = evaluate(let->value, global);
    if (fixed && v.isKnown())
      knownLets.emplace(let, v);
    return v;
  }
  if (llvm::isa<ast::OptionDecl>(decl))
    return Value::ofHost(fn->scalar(decl->name.text));
  auto a = std::make_shared<Applicable>();
  a->decl = decl;
  a->prelude = prelude;
  a->name = decl->name.text.str();
  switch (decl->kind) {
  case ast::StmtKind::Fn:
    a->kind = Applicable::Kind::Function;
    break;
  case ast::StmtKind::Layer:
    a->kind = Applicable::Kind::Layer;
    break;
  case ast::StmtKind::Init:
    a->kind = Applicable::Kind::Init;
    break;
  case ast::StmtKind::Optimizer:
    a->kind = Applicable::Kind::Optimizer;
    break;
  case ast::StmtKind::Metric:
    a->kind = Applicable::Kind::Metric;
    break;
  case ast::StmtKind::Model:
    a->kind = Applicable::Kind::Model;
    a->path = placeOf(decl);
    break;
  default:
    diags.error(fn->emit.range, "`" + decl->name.text + "` is data, not a value");
    return Value::error();
  }
  return Value::of(a);
}

/// `shakespeare.classes`: the number of classes in the categories of a source.
static std::optional<double> classesOf(const ast::FieldExpr *e, const sema::Symbols &symbols,
                                       const Scope &scope) {
  auto *name = llvm::dyn_cast<ast::NameExpr>(e->base);
  if (!name || e->field.text != "classes" || scope.find(name->name.text))
    return std::nullopt;
  auto known = symbols.data.find(
      llvm::dyn_cast_or_null<ast::DataDecl>(symbols.find(name->name.text, scope.prelude)));
  if (known != symbols.data.end())
    for (const auto &column : known->second.source.columns)
      if (column.classes)
        return double(column.classes);
  return std::nullopt;
}

Value Elaborator::evaluateField(const ast::FieldExpr *e, const Scope &scope) {
  if (auto classes = classesOf(e, symbols, scope))
    return Value::of(*classes);
  Value base = evaluate(e->base, scope);
  if (base.isError())
    return base;
  Value place = Value::ofKind(Value::Kind::Place);
  if (base.kind == Value::Kind::Applicable && base.target->kind == Applicable::Kind::Model) {
    if (auto use = modelUses.find(base.target->decl); use != modelUses.end())
      if (auto value = use->second.values.find(e->field.text.str());
          value != use->second.values.end()) {
        if (value->second.isUnavailable())
          return evaluate(llvm::cast<ast::LetDecl>(symbols.user.lookup(e->field.text))->value,
                          Scope());
        return value->second.isHostScalar() ? Value::ofHost(fn->scalar(value->second.text))
                                            : value->second;
      }
    place.text = placeBelow(base.target->decl, e->field.text);
  } else if (base.kind == Value::Kind::Place)
    place.text = base.text + "." + e->field.text.str();
  else {
    diags.error(e->range,
                "`." + e->field.text + "` names a part of a model, and this is " + base.describe());
    return Value::error();
  }
  return place;
}

bool Elaborator::namesColumns(const ast::Expr *e, const Scope &scope,
                              std::vector<ColumnName> &names) {
  if (!columnRun || scope.prelude)
    return false;
  if (auto *range = llvm::dyn_cast<ast::RangeOfExpr>(e)) {
    auto *a = llvm::dyn_cast<ast::NameExpr>(range->first),
         *b = llvm::dyn_cast<ast::NameExpr>(range->last);
    if (!a || !b)
      return false;
    llvm::append_range(names, columnRange(a->name.text, b->name.text, range->range));
    return true;
  }
  auto *name = llvm::dyn_cast<ast::NameExpr>(e);
  if (!name || scope.find(name->name.text) || !isColumn(name->name.text))
    return false;
  names.push_back({name->name.text, name->range});
  return true;
}

/// A list as a tensor. `isRun` marks items that stand for several elements.
static Value joined(Emitter &emit, llvm::ArrayRef<Value> items, const std::vector<bool> &isRun,
                    Range at) {
  llvm::SmallVector<mlir::Value> parts;
  int64_t size = 0;
  for (auto [i, item] : llvm::enumerate(items)) {
    Value part = emit.toTensor(item, at);
    if (!part.isTensor())
      return part;
    auto shape = exampleShape(part.tensor);
    if (!isRun[i] && !shape.empty()) {
      emit.diags.error(at, "the elements of this list have different shapes: [] and " +
                               shapeText(shape));
      return Value::error();
    }
    part = Value::of(emit.batched(part.tensor));
    parts.push_back(isRun[i] ? part.tensor : emit.reshape(part, {1}).tensor);
    size += exampleShape(parts.back())[0];
  }
  if (parts.size() == 1)
    return Value::of(parts[0]);
  return Value::of(emit.create("nn.concat", parts, emit.typeOf({size}, true),
                               emit.b.getNamedAttr("dim", emit.b.getI64IntegerAttr(1)))
                       ->getResult(0));
}

Value Elaborator::evaluateList(const ast::ListExpr *e, const Scope &scope) {
  Value list = Value::ofKind(Value::Kind::List);
  std::vector<ColumnName> run; // adjacent columns
  std::vector<bool> isRun;
  auto add = [&](const Value &v, bool several = false) {
    list.items.push_back(v);
    isRun.push_back(several);
  };
  auto endRun = [&] {
    std::optional<Value> all = run.size() > 1 ? columnRun(run) : std::nullopt;
    if (all)
      add(*all, true);
    else
      for (const ColumnName &name : run)
        add(*column(name.name, /*asCategory=*/false, name.at));
    run.clear();
  };
  for (const ast::Expr *item : e->elements) {
    const size_t before = run.size();
    if (namesColumns(item, scope, run)) {
      if (run.size() == before)
        return Value::error();
      continue;
    }
    endRun();
    if (auto *range = llvm::dyn_cast<ast::RangeOfExpr>(item)) {
      int64_t first, last;
      if (!evaluateInteger(range->first, scope, first, "the first of a range") ||
          !evaluateInteger(range->last, scope, last, "the last of a range"))
        return Value::error();
      if (last < first || last - first >= mostListed) {
        auto report = diags.error(
            item->range, "a range from " + llvm::Twine(first) + " to " + llvm::Twine(last) +
                             (last < first ? " is empty" : " is too long for a list"));
        report.note(last < first ? "both ends of `a .. b` are included, and a comes first"
                                 : "`range(n)` is a tensor of 0 to n - 1");
        return Value::error();
      }
      for (int64_t i = first; i <= last; ++i)
        add(Value::of(double(i)));
      continue;
    }
    if (llvm::isa<ast::EllipsisExpr>(item)) {
      diags.error(item->range, "`...` stands for axes, which have no value here");
      return Value::error();
    }
    Value v = evaluate(item, scope);
    if (v.isError() || v.isUnavailable())
      return v;
    add(v);
  }
  endRun();
  return llvm::is_contained(isRun, true) ? joined(fn->emit, list.items, isRun, e->range) : list;
}

Value Elaborator::mapWeights(const Value &a, const Value &b,
                             llvm::function_ref<Value(const Value &, const Value &)> f) {
  Value result = Value::ofKind(Value::Kind::Weights);
  const bool both = a.kind == Value::Kind::Weights && b.kind == Value::Kind::Weights;
  const std::vector<Value> &items = a.kind == Value::Kind::Weights ? a.items : b.items;
  if (both && a.items.size() != b.items.size()) {
    diags.error(fn->emit.range, "two models with different numbers of weights");
    return Value::error();
  }
  for (size_t i = 0; i < items.size(); ++i)
    result.items.push_back(f(a.kind == Value::Kind::Weights ? a.items[i] : a,
                             b.kind == Value::Kind::Weights ? b.items[i] : b));
  return result;
}

Value Elaborator::negate(const Value &a, Range at) {
  if (a.isNumber())
    return Value::of(-a.number, a.unit);
  if (a.kind == Value::Kind::Weights)
    return mapWeights(a, Value::of(0),
                      [&](const Value &x, const Value &) { return negate(x, at); });
  return fn->emit.elementwise("neg", a, at, at);
}

/// x - y ⌊x / y⌋ without rounding, like nn.rem: it has the sign of y.
static double exactRemainder(double x, double y) {
  const double rest = std::fmod(x, y);
  return rest != 0 && (rest < 0) != (y < 0) ? rest + y : rest;
}

static Value foldNumbers(Diagnostics &diags, ast::BinaryOp op, const Value &a, const Value &b,
                         Range at) {
  const double x = a.number, y = b.number;
  Value::Unit unit = a.unit != Value::Unit::None ? a.unit : b.unit;
  const bool bothUnits = a.unit != Value::Unit::None && b.unit != Value::Unit::None;
  using Op = ast::BinaryOp;
  switch (op) {
  case Op::Add:
    return Value::of(x + y, unit);
  case Op::Sub:
    return Value::of(x - y, unit);
  case Op::Mul:
    return Value::of(x * y, unit);
  case Op::Div:
  case Op::Mod:
    if (y == 0) {
      diags.error(at, "a division of numbers by zero");
      return Value::error();
    }
    return op == Op::Div ? Value::of(x / y, bothUnits ? Value::Unit::None : unit)
                         : Value::of(exactRemainder(x, y), unit);
  case Op::Pow:
    return Value::of(std::pow(x, y));
  case Op::Eq:
    return Value::ofBool(x == y);
  case Op::Ne:
    return Value::ofBool(x != y);
  case Op::Lt:
    return Value::ofBool(x < y);
  case Op::Le:
    return Value::ofBool(x <= y);
  case Op::Gt:
    return Value::ofBool(x > y);
  case Op::Ge:
    return Value::ofBool(x >= y);
  case Op::And:
    return Value::ofBool(x != 0 && y != 0);
  case Op::Or:
    return Value::ofBool(x != 0 || y != 0);
  case Op::MatMul:
    break;
  }
  diags.error(at, "`@` needs tensors, not numbers");
  return Value::error();
}

Value Elaborator::binary(ast::BinaryOp op, const Value &a0, const Value &b0, Range at, Range rangeA,
                         Range rangeB) {
  if (a0.isError() || b0.isError())
    return Value::error();
  if (a0.isUnavailable() || b0.isUnavailable())
    return Value::ofKind(Value::Kind::Unavailable);
  if (a0.isKnown() && b0.isKnown())
    return foldNumbers(diags, op, a0, b0, at);
  Value a = inSteps(a0, rangeA), b = inSteps(b0, rangeB);
  for (Value *v : {&a, &b})
    if (v->kind == Value::Kind::Place)
      *v = readPlace(*v, v == &a ? rangeA : rangeB);
  if (a.isError() || b.isError())
    return Value::error();
  if (a.kind == Value::Kind::Weights || b.kind == Value::Kind::Weights)
    return mapWeights(
        a, b, [&](const Value &x, const Value &y) { return binary(op, x, y, at, rangeA, rangeB); });
  using Op = ast::BinaryOp;
  llvm::StringRef name;
  switch (op) {
  case Op::Add:
    name = "add";
    break;
  case Op::Sub:
    name = "sub";
    break;
  case Op::Mul:
    name = "mul";
    break;
  case Op::Div:
    name = "div";
    break;
  case Op::Pow:
    name = "pow";
    break;
  case Op::Eq:
    name = "eq";
    break;
  case Op::Ne:
    if (inWhere) // a comparison with a missing value never holds
      return binary(Op::Or, binary(Op::Lt, a, b, at, rangeA, rangeB),
                    binary(Op::Gt, a, b, at, rangeA, rangeB), at, at, at);
    name = "ne";
    break;
  case Op::Lt:
    name = "lt";
    break;
  case Op::Le:
    name = "le";
    break;
  case Op::Gt:
    name = "gt";
    break;
  case Op::Ge:
    name = "ge";
    break;
  case Op::And:
  case Op::Or: // operands become 0 or 1
    a = fn->emit.truth(a, rangeA);
    b = fn->emit.truth(b, rangeB);
    name = op == Op::And ? "mul" : "max";
    break;
  case Op::Mod:
    name = "rem";
    break;
  case Op::MatMul: {
    Value x = fn->emit.toTensor(a, rangeA), y = fn->emit.toTensor(b, rangeB);
    if (x.isError() || y.isError())
      return Value::error();
    return fn->emit.matmul(x, y, at, rangeA, rangeB);
  }
  }
  return fn->emit.elementwise(name, {a, b}, {rangeA, rangeB}, at);
}

Value Elaborator::choose(const Value &condition, const Value &a, const Value &b, Range at,
                         llvm::ArrayRef<Range> ranges) {
  return fn->emit.elementwise("select", {condition, a, b}, ranges, at);
}

Value Elaborator::inSteps(const Value &v, Range at) {
  if (!v.isNumber() || v.unit == Value::Unit::None)
    return v;
  if (v.unit == Value::Unit::Steps)
    return Value::of(v.number);
  if (!fn->hasClock && fn->placement)
    return Value::ofKind(Value::Kind::Unavailable); // like the clock itself: see evaluateName
  if (!fn->hasClock) {
    diags.error(at, "a duration in epochs has a length in steps only while training");
    return Value::error();
  }
  return fn->emit.elementwise(
      "mul",
      {Value::of(v.number),
       Value::ofHost(fn->scalar(sema::nameOf(sema::AmbientKind::StepsPerEpoch)))},
      {at, at}, at);
}

bool Elaborator::integerOf(const Value &v, int64_t &n, Range at, llvm::StringRef what) {
  if (v.isError())
    return false;
  if (!v.isKnown()) {
    auto report = diags.error(at, what + " must be known at compile time; this is " + v.describe());
    if (v.isHostScalar())
      report.note("an `option` is a flag of the compiled program; a `let` is known here");
    return false;
  }
  if (v.number != std::floor(v.number) || std::abs(v.number) > 1e15) {
    diags.error(at, what + " must be a whole number");
    return false;
  }
  n = int64_t(v.number);
  return true;
}

bool Elaborator::evaluateInteger(const ast::Expr *e, const Scope &scope, int64_t &n,
                                 llvm::StringRef what) {
  return integerOf(evaluate(e, scope), n, e->range, what);
}

bool Elaborator::evaluateNumber(const ast::Expr *e, const Scope &scope, double &n,
                                llvm::StringRef what) {
  Value v = evaluate(e, scope);
  if (v.isError())
    return false;
  if (!v.isKnown()) {
    diags.error(e->range,
                what + " must be a number known at compile time; this is " + v.describe());
    return false;
  }
  n = v.number;
  return true;
}

bool Elaborator::evaluateShape(const ast::Shape &shape, const Scope &scope,
                               std::vector<int64_t> &sizes, std::vector<std::string> &axes) {
  const unsigned frame = scope.frameOfCall();
  std::map<std::string, unsigned> seen;
  for (const ast::Expr *dim : shape.dims) {
    if (llvm::isa<ast::EllipsisExpr>(dim)) {
      // The other axes of the input, under the names that matchShape gave them.
      for (int i = 0;; ++i) {
        const std::string name = "..." + std::to_string(i);
        const Value *v = scope.find(name);
        if (!v)
          break;
        sizes.push_back(int64_t(v->number));
        axes.push_back(axisId(frame, name));
      }
      continue;
    }
    int64_t n;
    if (!evaluateInteger(dim, scope, n, "the size of an axis"))
      return false;
    if (n < 1 || n > (int64_t(1) << 32)) {
      diags.error(dim->range,
                  "an axis of size " + llvm::Twine(n) + ": it must be 1 or more, and below 2^32");
      return false;
    }
    sizes.push_back(n);
    auto *name = llvm::dyn_cast<ast::NameExpr>(dim);
    axes.push_back(name ? axisId(frame, name->name.text, seen[name->name.text.str()]++) : "");
  }
  double elements = 1;
  for (int64_t s : sizes)
    elements *= double(s);
  if (elements > double(int64_t(1) << 33)) {
    diags.error(shape.range,
                "a tensor of " + llvm::Twine(shapeText(sizes)) + " would not fit in memory");
    return false;
  }
  return true;
}
