// Checks the statements in braces: lets, parameters, states and assignments.
#include "compiler/sema/expressions/Blocks.h"

#include "compiler/sema/Declarations.h"
#include "compiler/sema/Text.h"
#include "compiler/sema/expressions/Calls.h"
#include "compiler/sema/names/Names.h"

using llvm::cast;
using llvm::dyn_cast;
using llvm::isa;
using llvm::StringRef;

namespace nnc::sema {
using namespace ast;

void BlockChecker::check(const BlockExpr &block, const Scope &outer) {
  Scope scope(&outer, outer.context());
  for (const Stmt *s : block.statements)
    checkStatement(*s, scope);
  checkExpr(block.value, scope);
}

void BlockChecker::checkOfScan(const BlockExpr &block, const Scope &outer, Scope &scope) {
  for (const Stmt *s : block.statements) {
    auto *state = dyn_cast<StateStmt>(s);
    if (!state) {
      checkStatement(*s, scope);
      continue;
    }
    // A state starts before the first step, where the block's names have no values.
    Scope start(&outer, outer.context());
    scope.forEachHere(
        [&](const sema::Local &l) { start.add({l.name, LocalKind::OfStep, l.where, nullptr}); });
    DeclChecker(shared).checkShape(state->shape, start);
    if (state->value)
      checkExpr(state->value, start);
    if (scope.findHere(state->name.text)) // reported below, and no more is said of it
      scope.ownScan()->assigned.push_back(state->name.text);
    NameResolver(shared).addLocal(state->name, LocalKind::State, scope);
  }
  checkExpr(block.value, scope);
}

void BlockChecker::checkStatement(const Stmt &stmt, Scope &scope) {
  switch (stmt.kind) {
  case StmtKind::Let: {
    auto &let = cast<LetDecl>(stmt);
    DeclChecker(shared).checkLet(let, scope);
    return NameResolver(shared).addLocal(let.name, LocalKind::Value, scope);
  }
  case StmtKind::Param:
    return checkParam(cast<ParamStmt>(stmt), scope);
  case StmtKind::State:
    return checkState(cast<StateStmt>(stmt), scope);
  case StmtKind::Assign:
    return checkAssign(cast<AssignStmt>(stmt), scope);
  case StmtKind::Expression:
    return checkExpr(cast<ExprStmt>(stmt).expr, scope);
  default:
    diags.error(stmt.range,
                isa<Decl>(stmt)
                    ? "a declaration other than `let` belongs at the top level of a program"
                    : "a run belongs at the top level of a program");
  }
}

void BlockChecker::checkParam(const ParamStmt &stmt, Scope &scope) {
  unsigned at = scope.context().at;
  if (scope.scanAround())
    diags.error(stmt.range, "a `param` is the same in every step: it belongs above the scan")
        .note("what changes from step to step is a `state`");
  else if (!(at & (AtLayer | AtModel)))
    diags.error(stmt.range, at == AtOptimizer
                                ? "an optimizer has no `param`; what it remembers is a `state`"
                                : "a `param` belongs in a layer");
  DeclChecker(shared).checkShape(stmt.shape, scope);
  if (!stmt.value)
    diags.error(stmt.range, quoted(stmt.name.text) +
                                " needs an initializer (`~ glorot`) or a start value (`= 0`)");
  else if (stmt.drawn)
    CallChecker(shared).checkKind(stmt.value, scope, StmtKind::Init);
  else {
    auto *name = dyn_cast<NameExpr>(stmt.value);
    if (name && resolve(name->name.text, scope).isDecl(StmtKind::Init))
      diags
          .error(stmt.value->range,
                 quoted(name->name.text) + " is an initializer, which a parameter is drawn from")
          .note("write `~ " + name->name.text + "`");
    else
      checkExpr(stmt.value, scope);
  }
  NameResolver(shared).addLocal(stmt.name, LocalKind::Param, scope);
}

void BlockChecker::checkState(const StateStmt &stmt, Scope &scope) {
  if (scope.scanAround())
    diags.error(stmt.range,
                "a scan's `state` stands in the scan's block itself, not in a block in it");
  else if (!(scope.context().at & (AtLayer | AtModel | AtOptimizer | AtFunction)))
    diags.error(stmt.range, "a `state` belongs in a layer, an optimizer or a schedule");
  else if (scope.context().at == AtFunction && stmt.shape)
    diags.error(stmt.shape->range, "the state of a function is one number, without a shape")
        .note("a function with a state is a schedule; a layer's states have shapes");
  DeclChecker(shared).checkShape(stmt.shape, scope);
  if (stmt.value)
    checkExpr(stmt.value, scope);
  NameResolver(shared).addLocal(stmt.name, LocalKind::State, scope);
}

bool BlockChecker::checkAssignInScan(const AssignStmt &stmt, const Scope &scope) {
  ScanBlock *scan = scope.scanAround();
  if (!scan)
    return false;
  const StringRef name = stmt.name.text;
  const sema::Local *l = scope.find(name);
  const bool known = llvm::is_contained(scan->assigned, name);
  if (l && (l->kind == LocalKind::State || known) && scope.isInScan(name)) {
    scan->assigned.push_back(name);
    return true;
  }
  const bool isTheta =
      !l && scope.context().at == AtOptimizer && name == nameOf(AmbientKind::Theta);
  if (!isTheta && !(l && l->kind == LocalKind::State))
    return false;
  if (ScanBlock *owner = scope.scanWith(name))
    owner->assigned.push_back(name); // as was meant
  auto e = diags.error(stmt.name.range, quoted(name) + " is not a state of this scan, whose steps "
                                                       "assign only to its own");
  if (l)
    e.note(l->where, "declared here");
  e.note("carry a state that starts with it, and assign after the scan: `let all = scan … { state "
         "own = " +
         name + "; … }`, and then `" + name + " <- all[-1]`");
  return true;
}

/// A layer or a schedule assigns to its states, an optimizer to its states and theta. Everything
/// else keeps its value.
void BlockChecker::checkAssign(const AssignStmt &stmt, Scope &scope) {
  unsigned at = scope.context().at;
  StringRef name = stmt.name.text;
  checkExpr(stmt.value, scope);
  if (checkAssignInScan(stmt, scope))
    return;
  if (!scope.scanAround() && !(at & (AtLayer | AtModel | AtOptimizer | AtFunction))) {
    diags.error(stmt.range,
                "`<-` belongs in a layer, an optimizer, a schedule or a scan, which have states");
    return;
  }
  const sema::Local *l = scope.find(name);
  if (l ? l->kind == LocalKind::State : at == AtOptimizer && name == nameOf(AmbientKind::Theta))
    return;
  if (l) {
    auto e = diags.error(stmt.name.range,
                         quoted(name) + (l->kind == LocalKind::Param
                                             ? " is a parameter, which only the optimizer changes"
                                             : " is not a state and keeps its value"));
    e.note(l->where, "declared here");
    if (l->kind == LocalKind::Value)
      e.note(
          "`let` gives a new value a name; `state` declares what is remembered from step to step");
    return;
  }
  std::vector<StringRef> states;
  scope.forEach([&](const sema::Local &s) {
    if (s.kind == LocalKind::State)
      states.push_back(s.name);
  });
  if (at == AtOptimizer)
    states.push_back(nameOf(AmbientKind::Theta));
  const sema::Ambient *ambient = findAmbient(name);
  if (ambient && ambient->where & at) {
    diags.error(stmt.name.range, quoted(name) + " is given and keeps its value; only states" +
                                     (at == AtOptimizer ? " and `theta`" : "") + " are assigned");
    return;
  }
  if (!shared.reported.insert(name).second)
    return;
  auto e = diags.error(stmt.name.range, "unknown state " + quoted(name)).suggest(name, states);
  if (didYouMean(name, states).empty())
    e.note(states.empty() ? "there are no states here; declare one: `state " + name.str() + " = 0`"
           : at == AtOptimizer ? "an optimizer assigns " + listed(states, "and")
                               : "the states are " + listed(states));
}

} // namespace nnc::sema
