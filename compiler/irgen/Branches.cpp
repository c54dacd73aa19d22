// `if`: where the condition is known one side is built, else both, and their values are chosen
// from. So is what they assign: a side that is not taken leaves states as they were.
#include "compiler/irgen/Elaborator.h"

#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

namespace {

/// The present values of persistent tensors: what a function starts with, or what was assigned
/// last.
using Present = std::map<std::string, mlir::Value>;

Present presentOf(Function &fn) {
  Present present;
  for (auto &[name, slot] : fn.slots())
    if (slot.current)
      present[name] = slot.current;
  return present;
}

} // namespace

/// The assignments of the two sides of an `if`.
class Elaborator::Branches {
public:
  Branches(Elaborator &e, const Value &condition, const Scope &scope)
      : e(e), condition(condition), scope(scope), before(presentOf(*e.fn)) {
    const bool isTensor = condition.isTensor();
    isOne = !isTensor || (!isBatched(condition.tensor) && exampleShape(condition.tensor).empty());
    for (const auto &[name, info] : e.localStates) {
      own[info.name] = name;
      if (Value *value = variable(name))
        variables[name] = *value;
    }
  }

  /// A side has been evaluated: notes what it has assigned, and takes it back.
  void endSide() {
    Present &side = sides.emplace_back();
    for (auto &[name, value] : presentOf(*e.fn))
      if (mlir::Value old = original(name); old && value != old && chooses(name)) {
        side[name] = value;
        e.fn->slots()[name].current = old;
      }
    for (auto &[name, value] : variables)
      *variable(name) = value;
  }

  /// Assigns what is chosen. Reports the error where that cannot be.
  bool merge(Range at) {
    Present all = sides[0];
    all.insert(sides[1].begin(), sides[1].end());
    for (const auto &[name, any] : all)
      if (!choose(name, original(name), at))
        return false;
    return true;
  }

private:
  /// What an example decides says nothing of a layer's states, which see all of them: it is
  /// applied, to all.
  bool chooses(const std::string &name) const { return isOne || own.count(name); }

  /// Null: a weight that is drawn on this side.
  mlir::Value original(const std::string &name) const {
    auto found = before.find(name);
    return found != before.end() ? found->second : e.fn->slots()[name].argument;
  }

  Value *variable(const std::string &name) {
    if (auto ambient = e.fn->ambient.find(name); name == "theta" && ambient != e.fn->ambient.end())
      return &ambient->second;
    return const_cast<Value *>(scope.find(name));
  }

  bool choose(const std::string &name, mlir::Value old, Range at) {
    Function &fn = *e.fn;
    auto valueOf = [&](const Present &side) {
      auto found = side.find(name);
      return Value::of(fn.emit.cast(found == side.end() ? old : found->second, fn.emit.element));
    };
    Value chosen = e.choose(condition, valueOf(sides[0]), valueOf(sides[1]), at, {at, at, at});
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

  Elaborator &e;
  const Value condition;
  const Scope &scope;
  const Present before;
  bool isOne;
  std::map<std::string, std::string>
      own; // states that this body may assign: the tensor's name, and its own
  std::map<std::string, Value> variables; // their values by these names before the `if`
  std::vector<Present> sides;             // what each assigns
};

/// Whether the expression is there for its assignments alone.
static bool isStatement(const ast::Expr *e) {
  auto *block = llvm::dyn_cast<ast::BlockExpr>(e);
  return block && !block->value;
}

Value Elaborator::evaluateIf(const ast::IfExpr *e, const Scope &scope) {
  Value c = evaluate(e->condition, scope);
  if (c.isError() || c.isUnavailable())
    return c;
  if (c.isKnown()) {
    const ast::Expr *branch = c.number != 0 ? e->then : e->otherwise;
    return branch ? evaluate(branch, scope) : Value::ofKind(Value::Kind::Unavailable);
  }
  if (!e->otherwise && !isStatement(e->then)) {
    diags.error(e->range, "a condition that is not known before the run needs an `else`");
    return Value::error();
  }
  Branches branches(*this, c, scope);
  const Value a = evaluate(e->then, scope);
  branches.endSide();
  const Value b =
      e->otherwise ? evaluate(e->otherwise, scope) : Value::ofKind(Value::Kind::Unavailable);
  branches.endSide();
  if (a.isError() || b.isError() || !branches.merge(e->condition->range))
    return Value::error();
  if (!e->otherwise)
    return b;
  return choose(c, a, b, e->range, {e->condition->range, e->then->range, e->otherwise->range});
}
