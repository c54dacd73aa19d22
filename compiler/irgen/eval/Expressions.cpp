// Evaluates names, lists and fields, and dispatches on the kind of an expression.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// The limit of `[a .. b]`. Each item of a list is a separate value, and more of them would fill
/// the memory.
static constexpr int64_t mostListed = 1000000;

bool Expressions::withinLimit(Range at) {
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

Value Expressions::evaluateUnary(const ast::UnaryExpr *e, const Scope &scope) {
  Value v = evaluate(e->operand, scope);
  if (e->op == ast::UnaryOp::Neg)
    return elab.arithmetic.negate(v, e->range);
  if (v.isKnown())
    return Value::ofBool(v.number == 0);
  return elab.arithmetic.binary(ast::BinaryOp::Eq, v, Value::of(0), e->range, e->operand->range,
                                e->range);
}

Value Expressions::evaluateBinary(const ast::BinaryExpr *e, const Scope &scope) {
  if (comparesText(e))
    return compareText(e);
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
    Elaborator::RangeGuard inner(elab, bin->range);
    v = elab.arithmetic.binary(bin->op, v, r, bin->range, leftRange, bin->rhs->range);
    leftRange = bin->range;
    if (v.isTensor())
      fn->emit.noteOrigin(v.tensor, bin->range);
  }
  return v;
}

Value Expressions::evaluateTranspose(const ast::TransposeExpr *e, const Scope &scope) {
  Value v = evaluate(e->operand, scope);
  if (v.kind == Value::Kind::Place)
    v = elab.readPlace(v, e->range);
  if (v.isError() || v.isUnavailable())
    return v;
  v = fn->emit.toTensor(v, e->range);
  return v.isTensor() ? fn->emit.transposed(v, e->range) : v;
}

Value Expressions::ofKind(const ast::Expr *e, const Scope &scope) {
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
  case ast::ExprKind::Unary:
    return evaluateUnary(llvm::cast<ast::UnaryExpr>(e), scope);
  case ast::ExprKind::Binary:
    return evaluateBinary(llvm::cast<ast::BinaryExpr>(e), scope);
  case ast::ExprKind::If:
    return evaluateIf(llvm::cast<ast::IfExpr>(e), scope);
  case ast::ExprKind::Call:
    return elab.calls.evaluateCall(llvm::cast<ast::CallExpr>(e), scope);
  case ast::ExprKind::Index:
    return elab.indexing.evaluate(llvm::cast<ast::IndexExpr>(e), scope);
  case ast::ExprKind::Field:
    return evaluateField(llvm::cast<ast::FieldExpr>(e), scope);
  case ast::ExprKind::Transpose:
    return evaluateTranspose(llvm::cast<ast::TransposeExpr>(e), scope);
  case ast::ExprKind::Pipe:
    return elab.calls.evaluatePipe(llvm::cast<ast::PipeExpr>(e), scope);
  case ast::ExprKind::Block: {
    Scope inner;
    inner.parent = &scope;
    inner.prelude = scope.prelude;
    return elab.bodies.evaluateBlock(llvm::cast<ast::BlockExpr>(e), inner);
  }
  case ast::ExprKind::Scan:
    return elab.scans.evaluate(llvm::cast<ast::ScanExpr>(e), scope);
  case ast::ExprKind::Ellipsis:
  case ast::ExprKind::RangeOf:
    break;
  }
  diags.error(e->range, "this stands for axes or columns and has no value here");
  return Value::error();
}

Value Expressions::evaluate(const ast::Expr *e, const Scope &scope) {
  if (!withinLimit(e->range))
    return Value::error();
  Elaborator::RangeGuard guard(elab, e->range);
  Value v = ofKind(e, scope);
  // The origin of a value is the user's outermost expression for it. Inside the prelude, it is set
  // only if the user's text did not set it.
  if (v.isTensor() && e->kind != ast::ExprKind::Name)
    fn->emit.noteOrigin(v.tensor, e->range, /*replace=*/!diags.callSite.isValid());
  if (v.kind == Value::Kind::Applicable && !v.target->written.isValid())
    v.target->written = e->range;
  return v;
}

Value Expressions::unknownName(llvm::StringRef name, Range at) {
  if (symbols.results.count(name)) {
    diags.error(at, "`" + name + "` is found while the program runs, and this is built before")
        .note("`save " + name +
              " to …` and `load … from` put its weights into a model of the program");
    return Value::error();
  }
  diags.error(at, "`" + name + "` has no value here");
  return Value::error();
}

bool Expressions::comparesText(const ast::BinaryExpr *e) const {
  return elab.columnTruth &&
         (llvm::isa<ast::StringExpr>(e->lhs) || llvm::isa<ast::StringExpr>(e->rhs));
}

Value Expressions::compareText(const ast::BinaryExpr *e) {
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
    if (std::optional<Value> v =
            elab.columnTruth(name->name.text, NN_EQUALS, text->value, name->range))
      return equal || v->isError() ? *v
                                   : elab.arithmetic.binary(ast::BinaryOp::Sub, Value::of(1), *v,
                                                            e->range, e->range, e->range);
  diags.error(e->range,
              "a text is compared by `==` or `!=` with a column: `where origin != \"usa\"`");
  return Value::error();
}

std::optional<Value> Expressions::clockValue(const sema::Ambient &ambient, Range at) {
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

std::optional<Value> Expressions::ambientValue(const sema::Ambient &ambient, Range at) {
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

Value Expressions::evaluateName(const ast::NameExpr *e, const Scope &scope) {
  const llvm::StringRef name = e->name.text;
  if (const Value *v = scope.find(name))
    return fn->emit.inElement(*v);
  const bool prelude = scope.prelude;
  if (!prelude && elab.column)
    if (std::optional<Value> v = elab.column(name, /*asCategory=*/false, e->range))
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

Value Expressions::declared(const ast::Decl *decl, bool prelude) {
  Scope global;
  global.prelude = prelude;
  if (auto *let = llvm::dyn_cast<ast::LetDecl>(decl)) {
    // The number of a let is the same everywhere, unless names have another meaning in some places:
    // `theta`, a drawn constant.
    const bool fixed = !elab.inVariant && fn->ambient.empty();
    if (auto known = knownLets.find(let); fixed && known != knownLets.end())
      return known->second;
    Elaborator::Nesting nesting(elab, decl->name.text, decl->name.range);
    if (!nesting.allowed)
      return Value::error();
    Value v = evaluate(let->value, global);
    if (fixed && v.isKnown())
      knownLets.emplace(let, v);
    return v;
  }
  if (llvm::isa<ast::OptionDecl>(decl)) {
    Value scalar = Value::ofHost(fn->scalar(decl->name.text));
    auto drawn = elab.drawnScalars.find(decl);
    return drawn == elab.drawnScalars.end()
               ? scalar
               : DrawnUse::drawnAs(scalar, drawn->second.number, &drawn->second);
  }
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
    a->path = elab.placeOf(decl);
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

Value Expressions::evaluateField(const ast::FieldExpr *e, const Scope &scope) {
  if (auto classes = classesOf(e, symbols, scope))
    return Value::of(*classes);
  Value base = evaluate(e->base, scope);
  if (base.isError())
    return base;
  Value place = Value::ofKind(Value::Kind::Place);
  if (base.kind == Value::Kind::Applicable && base.target->kind == Applicable::Kind::Model) {
    if (auto use = elab.modelUses.find(base.target->decl); use != elab.modelUses.end())
      if (auto value = use->second.values.find(e->field.text.str());
          value != use->second.values.end()) {
        if (value->second.isUnavailable())
          return evaluate(llvm::cast<ast::LetDecl>(symbols.user.lookup(e->field.text))->value,
                          Scope());
        return value->second.isHostScalar()
                   ? DrawnUse::drawnAs(Value::ofHost(fn->scalar(value->second.text)),
                                       value->second.number, &value->second)
                   : value->second;
      }
    place.text = elab.placeBelow(base.target->decl, e->field.text);
  } else if (base.kind == Value::Kind::Place)
    place.text = base.text + "." + e->field.text.str();
  else {
    diags.error(e->range,
                "`." + e->field.text + "` names a part of a model, and this is " + base.describe());
    return Value::error();
  }
  return place;
}

bool Expressions::namesColumns(const ast::Expr *e, const Scope &scope,
                               std::vector<ColumnName> &names) {
  if (!elab.columnRun || scope.prelude)
    return false;
  if (auto *range = llvm::dyn_cast<ast::RangeOfExpr>(e)) {
    auto *a = llvm::dyn_cast<ast::NameExpr>(range->first),
         *b = llvm::dyn_cast<ast::NameExpr>(range->last);
    if (!a || !b)
      return false;
    llvm::append_range(names, elab.columnRange(a->name.text, b->name.text, range->range));
    return true;
  }
  auto *name = llvm::dyn_cast<ast::NameExpr>(e);
  if (!name || scope.find(name->name.text) || !elab.isColumn(name->name.text))
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
  return Value::of(emit.make<nn::ConcatOp>(emit.typeOf({size}, true), parts, 1));
}

Value Expressions::evaluateList(const ast::ListExpr *e, const Scope &scope) {
  Value list = Value::ofKind(Value::Kind::List);
  std::vector<ColumnName> run; // adjacent columns
  std::vector<bool> isRun;
  auto add = [&](const Value &v, bool several = false) {
    list.items.push_back(v);
    isRun.push_back(several);
  };
  auto endRun = [&] {
    std::optional<Value> all = run.size() > 1 ? elab.columnRun(run) : std::nullopt;
    if (all)
      add(*all, true);
    else
      for (const ColumnName &name : run)
        add(*elab.column(name.name, /*asCategory=*/false, name.at));
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
      if (!elab.evaluateInteger(range->first, scope, first, "the first of a range") ||
          !elab.evaluateInteger(range->last, scope, last, "the last of a range"))
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
