// Checks scans: their sequences, the value of a step, and that each state changes.
#include "compiler/sema/expressions/Scans.h"

#include "compiler/sema/Text.h"
#include "compiler/sema/expressions/Blocks.h"
#include "compiler/sema/expressions/Expressions.h"
#include "compiler/sema/names/Names.h"

using llvm::dyn_cast;

namespace nnc::sema {
using namespace ast;

void ScanChecker::check(const ScanExpr &scan, const Scope &outer) {
  ScanBlock block;
  Scope scope(outer, block);
  for (const ScanSource &source : scan.sources)
    ExprChecker(shared).checkOperand(source.value, outer);
  for (const ScanSource &source : scan.sources)
    NameResolver(shared).addLocal(source.name, LocalKind::Value, scope);
  if (scan.every)
    checkExpr(scan.every, outer);
  BlockChecker(shared).checkOfScan(*scan.body, outer, scope);
  // A statement that could not be parsed may have been the value, or an assignment.
  if (shared.syntaxErrors)
    return;
  if (!scan.body->value)
    diags.error(scan.body->range, "this scan has no value")
        .note("the last line of its block is the value of a step, such as the name of a state; the "
              "scan's value is that of all steps, stacked");
  checkStates(scan, block);
}

void ScanChecker::checkStates(const ScanExpr &scan, const ScanBlock &block) {
  for (const Stmt *s : scan.body->statements)
    if (auto *state = dyn_cast<StateStmt>(s);
        state && !llvm::is_contained(block.assigned, state->name.text))
      diags
          .error(state->range,
                 quoted(state->name.text) + " never changes: no line of this block assigns to it")
          .note("`" + state->name.text +
                " <- …` gives the next step its value; what stays the same is named by a `let` "
                "above the scan");
}

} // namespace nnc::sema
