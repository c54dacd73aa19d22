// Evaluates `if`. If the condition is known, only one side is built. Otherwise both are built, and
// both the values and the assignments are selected: a side that is not taken leaves states
// unchanged.
#include "compiler/irgen/eval/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

/// The tensors that a side has assigned, by name.
using Assigned = std::map<std::string, mlir::Value>;

/// The assignments of the two sides of an `if`.
namespace {
class Branches {
public:
  Branches(Elaborator &e, const Value &condition, const Scope &scope)
      : e(e), condition(condition), scope(scope), start(e.fn->journal.size()) {
    ++e.fn->journaling;
    const bool isTensor = condition.isTensor();
    isOne = !isTensor || (!isBatched(condition.tensor) && exampleShape(condition.tensor).empty());
    for (const auto &[name, info] : e.bodies.localStates) {
      own[info.name] = name;
      if (Value *value = variable(name))
        variables[name] = *value;
    }
    before = carried();
  }
  ~Branches() {
    if (--e.fn->journaling == 0)
      e.fn->journal.clear();
  }
  Branches(const Branches &) = delete;

  /// Call after a side has been evaluated. Records its assignments and undoes them.
  void endSide() {
    Assigned &side = sides.emplace_back();
    std::vector<Function::Assignment> &journal = e.fn->journal;
    std::vector<Function::Assignment> stays;
    for (size_t i = start; i < journal.size(); ++i) {
      // A weight that is drawn on this side has no earlier value.
      if (!journal[i].before || !chooses(journal[i].name)) {
        stays.push_back(journal[i]);
        continue;
      }
      originals.insert({journal[i].name, journal[i].before});
      side[journal[i].name] = e.fn->slots()[journal[i].name].current;
    }
    journal.resize(start);
    journal.insert(journal.end(), stays.begin(), stays.end());
    for (const auto &[name, value] : side)
      e.fn->slots()[name].current = originals[name];
    for (auto &[name, value] : variables)
      *variable(name) = value;
    start = journal.size();
    carriedBySide.push_back(carried());
    setCarried(before);
  }

  /// Assigns the selected values. Reports an error if they cannot be selected.
  bool merge(Range at) {
    for (const auto &[name, old] : originals)
      if (!choose(name, old, at))
        return false;
    return chooseCarried(at);
  }

private:
  /// A condition for each example does not select the states of other layers, which summarize all
  /// examples. Their assignments apply unconditionally.
  bool chooses(const std::string &name) const { return isOne || own.count(name); }

  Value *variable(const std::string &name) {
    if (name == sema::nameOf(sema::AmbientKind::Theta))
      if (Value *theta = e.fn->ambientOf(sema::AmbientKind::Theta))
        return theta;
    return scope.findState(name);
  }

  bool choose(const std::string &name, mlir::Value old, Range at) {
    Function &fn = *e.fn;
    auto valueOf = [&](const Assigned &side) {
      auto found = side.find(name);
      return Value::of(fn.emit.cast(found == side.end() ? old : found->second, fn.emit.element));
    };
    Value chosen =
        e.arithmetic.choose(condition, valueOf(sides[0]), valueOf(sides[1]), at, {at, at, at});
    if (!chosen.isTensor())
      return false;
    auto type = llvm::cast<mlir::RankedTensorType>(old.getType());
    if (llvm::cast<mlir::RankedTensorType>(chosen.tensor.getType()).getShape() != type.getShape()) {
      e.diags
          .error(at,
                 "`" + own[name] +
                     "` has one value for all examples, and whether it is assigned here differs" +
                     (isBatched(chosen.tensor) ? " between them"
                                               : " between elements that it does not have"))
          .note("one number must decide, as in `if mean(…, over = batch) > 0 { … }`");
      return false;
    }
    const TensorInfo info = fn.slots()[name].info;
    fn.assign(info, chosen.tensor);
    if (auto found = own.find(name); found != own.end())
      if (Value *value = variable(found->second))
        *value = Value::of(fn.tensor(info).tensor, value->axes);
    return true;
  }

  /// The values of the states of the scan whose block this is in. Each example has its own.
  std::vector<Value> carried() const {
    std::vector<Value> values;
    if (e.bodies.scan)
      for (const ScanState &state : e.bodies.scan->list)
        if (Value *value = scope.findState(state.declared->name.text)) // declared above
          values.push_back(*value);
    return values;
  }
  void setCarried(llvm::ArrayRef<Value> values) {
    for (const auto &[state, value] :
         llvm::zip(e.bodies.scan ? llvm::ArrayRef(e.bodies.scan->list) : std::nullopt, values))
      *scope.findState(state.declared->name.text) = value;
  }
  bool chooseCarried(Range at) {
    std::vector<Value> chosen = before;
    for (auto [i, value] : llvm::enumerate(chosen)) {
      const Value &a = carriedBySide[0][i], &b = carriedBySide[1][i];
      if (a.tensor == b.tensor)
        value = a;
      else
        value = e.arithmetic.choose(condition, a, b, at, {at, at, at});
      if (value.isError())
        return false;
    }
    setCarried(chosen);
    return true;
  }

  Elaborator &e;
  const Value condition;
  const Scope &scope;
  size_t start; // the start of this side in the journal
  bool isOne;
  // the states that this body may assign: tensor name -> name in the body
  std::map<std::string, std::string> own;
  std::map<std::string, Value> variables; // their values under these names before the `if`
  std::vector<Assigned> sides;
  std::vector<Value> before;                     // carried() before the `if`
  std::vector<std::vector<Value>> carriedBySide; // and after each side
  Assigned originals; // the values before the `if` of all tensors that either side assigns
};
} // namespace

/// Whether the expression is only evaluated for its assignments.
static bool isStatement(const ast::Expr *e) {
  auto *block = llvm::dyn_cast<ast::BlockExpr>(e);
  return block && !block->value;
}

Value Expressions::evaluateIf(const ast::IfExpr *e, const Scope &scope) {
  Value c = evaluate(e->condition, scope);
  if (c.isError() || c.isUnavailable())
    return c;
  auto side = [&](bool isThen) {
    const ast::Expr *branch = isThen ? e->then : e->otherwise;
    return branch ? evaluate(branch, scope) : Value::ofKind(Value::Kind::Unavailable);
  };
  if (c.isKnown())
    return side(c.number != 0);
  if (!e->otherwise && !isStatement(e->then)) {
    if (std::optional<double> known = elab.knownNumber(c))
      return side(*known != 0);
    diags.error(e->range, "a condition that is not known before the run needs an `else`");
    return Value::error();
  }
  // If the condition is computed from drawn constants, the side that their first values take comes
  // first.
  const bool thenFirst = !c.drawnFrom || c.number != 0;
  Branches branches(elab, c, scope);
  const Value first = side(thenFirst);
  branches.endSide();
  const Diagnostics::Mark mark = diags.mark();
  const Value second = side(!thenFirst);
  branches.endSide();
  const Value &a = thenFirst ? first : second, &b = thenFirst ? second : first;
  Value result = Value::error();
  if (!a.isError() && !b.isError() && branches.merge(e->condition->range))
    result =
        !e->otherwise
            ? b
            : elab.arithmetic.choose(c, a, b, e->range,
                                     {e->condition->range, e->then->range, e->otherwise->range});
  if (!c.drawnFrom)
    return result;
  if (diags.errorCount() != mark.errors && !first.isError()) {
    // The sides cannot be built side by side, so the code depends on the condition.
    diags.rewind(mark);
    elab.need(c);
    return first;
  }
  return first.mayBeKnown() ? DrawnUse::drawnAs(result, first.number, {&c, &first}) : result;
}
