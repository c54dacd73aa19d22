// Evaluates what names axes: the value of `over`, and the axes of a tensor that it denotes.
#include "compiler/irgen/eval/Elaborator.h"

#include "compiler/sema/Builtins.h"

using namespace nnc;

/// What `over = batch` names.
static constexpr llvm::StringLiteral batchAxis = "batch";

bool Axes::addItem(const ast::Expr *item, const Scope &scope, Value &axes) {
  const unsigned frame = scope.frameOfCall(); // the names are those of the surrounding declaration
  if (llvm::isa<ast::EllipsisExpr>(item)) {
    axes.axes.push_back(axisId(frame, "..."));
    return true;
  }
  if (auto *name = llvm::dyn_cast<ast::NameExpr>(item)) {
    axes.axes.push_back(name->name.text == batchAxis ? batchAxis.str()
                                                     : axisId(frame, name->name.text));
    return true;
  }
  int64_t i;
  if (!elab.evaluateInteger(item, scope, i, "the position of an axis"))
    return false;
  axes.axes.push_back("#" + std::to_string(i));
  return true;
}

Value Axes::evaluate(const ast::Expr *e, const Scope &scope) {
  if (auto *choice = llvm::dyn_cast<ast::IfExpr>(e)) {
    Value c = elab.evaluate(choice->condition, scope);
    if (c.isError())
      return c;
    const std::optional<double> known = elab.knownNumber(c);
    if (!known || !choice->otherwise) {
      diags.error(choice->condition->range, "the choice of axes must be known at compile time");
      return Value::error();
    }
    return evaluate(*known != 0 ? choice->then : choice->otherwise, scope);
  }
  if (auto *name = llvm::dyn_cast<ast::NameExpr>(e)) {
    if (const Value *v = scope.find(name->name.text))
      if (v->kind == Value::Kind::Axes || v->kind == Value::Kind::All)
        return *v;
    const sema::Ambient *ambient = sema::findAmbient(name->name.text);
    if (ambient && ambient->kind == sema::AmbientKind::All)
      return Value::ofKind(Value::Kind::All);
    // `over = total_steps` of a schedule is a number of steps; `over = n` means the axis n, not its
    // size.
    const Value *local = scope.find(name->name.text);
    const bool axis = local && local->isAxisSize;
    const bool known = local || (!scope.prelude && symbols.user.count(name->name.text)) ||
                       fn->ambient.count(name->name.text.str()) || ambient;
    if (known && !axis) {
      // `units` of `w: [n, units]` is a number and the name of an axis. If the tensor has that
      // axis, the axis is meant.
      Value v = elab.evaluate(e, scope);
      if (v.isNumber() || v.drawnFrom)
        v.axes = {axisId(scope.frameOfCall(), name->name.text)};
      return v;
    }
  } else if (!llvm::isa<ast::ListExpr, ast::EllipsisExpr>(e)) {
    return elab.evaluate(e, scope); // a position, or the duration of a schedule
  }
  Value axes = Value::ofKind(Value::Kind::Axes);
  if (auto *list = llvm::dyn_cast<ast::ListExpr>(e)) {
    for (const ast::Expr *item : list->elements)
      if (!addItem(item, scope, axes))
        return Value::error();
    return axes;
  }
  return addItem(e, scope, axes) ? axes : Value::error();
}

std::optional<int64_t> Axes::axisCalled(const Value &x, llvm::StringRef name, Range over) {
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
  if (found.size() == 1)
    return found[0];
  auto report = diags.error(over, found.empty() ? "the tensor has no axis `" + plain + "`"
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
  return std::nullopt;
}

/// Appends a dim that is not there yet.
static void addDim(llvm::SmallVectorImpl<int64_t> &dims, int64_t d) {
  if (!llvm::is_contained(dims, d))
    dims.push_back(d);
}

bool Axes::addDims(const Value &x, llvm::StringRef name, Range over, Range at,
                   llvm::SmallVectorImpl<int64_t> &dims) {
  const int64_t rank = exampleShape(x.tensor).size(), lead = isBatched(x.tensor);
  if (name == batchAxis) {
    if (elab.column) {
      diags.error(over, "a field is computed row by row, and knows no batch")
          .note("`normalize` takes statistics over the training split; a layer, a loss or a metric "
                "can look at other examples");
      return false;
    }
    if (lead)
      addDim(dims, 0);
    return true;
  }
  if (axisName(name) == "...") {
    for (size_t i = 0; i < x.axes.size(); ++i)
      if (axisName(x.axes[i]).starts_with("...") &&
          (axisFrame(x.axes[i]) == "0" || axisFrame(x.axes[i]) == axisFrame(name)))
        addDim(dims, lead + i);
    return true;
  }
  if (name[0] == '#') {
    int64_t i = std::stoll(name.substr(1).str());
    if (i < -rank || i >= rank) {
      fn->emit.shapeError(
          over, "there is no axis " + llvm::Twine(i) + " in " + shapeText(exampleShape(x.tensor)),
          x, at);
      return false;
    }
    addDim(dims, lead + (i < 0 ? i + rank : i));
    return true;
  }
  std::optional<int64_t> axis = axisCalled(x, name, over);
  if (axis)
    addDim(dims, lead + *axis);
  return axis.has_value();
}

llvm::SmallVector<int64_t> Axes::resolve(const Value &x, const Arg *over, Range at, bool &ok) {
  const int64_t rank = exampleShape(x.tensor).size(), lead = isBatched(x.tensor);
  llvm::SmallVector<int64_t> dims;
  ok = true;
  if (!over || over->value.kind == Value::Kind::All) {
    for (int64_t i = 0; i < rank; ++i)
      addDim(dims, lead + i);
    return dims;
  }
  if (over->value.isError()) {
    ok = false;
    return dims;
  }
  elab.need(over->value);
  std::vector<std::string> wanted = over->value.axes;
  const bool named = !wanted.empty() && llvm::any_of(x.axes, [&](const std::string &axis) {
    return !axis.empty() && axisIdOfName(axis) == wanted[0];
  });
  if (over->value.kind != Value::Kind::Axes && !named) {
    wanted.clear();
    int64_t position;
    ok = elab.integerOf(over->value, position, over->range, "the position of an axis");
    if (!ok)
      return dims;
    wanted.push_back("#" + std::to_string(position));
  }
  for (const std::string &name : wanted) {
    ok = addDims(x, name, over->range, at, dims);
    if (!ok)
      return dims;
  }
  llvm::sort(dims);
  return dims;
}
