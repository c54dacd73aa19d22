// Finds the drawn constants on which the code depends. The program is elaborated once with all of
// them as scalars of the run. Where it needs a number that is computed from some of them (the size
// of an axis, how often a layer is repeated), these are noted, and it continues with the number for
// their first values. So what is noted is what the elaborator asks for, not what names or places
// suggest.
#include "compiler/irgen/experiments/Experiment.h"
#include "compiler/irgen/program/ProgramGenerator.h"

#include "compiler/sema/runs/Experiments.h"

using namespace nnc;

program::draw nnc::drawOf(const ast::LetDecl *let) {
  auto *callee = llvm::cast<ast::NameExpr>(llvm::cast<ast::CallExpr>(let->value)->callee);
  return sema::findDistribution(callee->name.text)->draw;
}

bool nnc::listsNumbers(const ast::LetDecl *let) {
  return drawOf(let) == NN_DRAW_LIST &&
         llvm::all_of(llvm::cast<ast::CallExpr>(let->value)->args, [](const ast::Argument &a) {
           auto *minus = llvm::dyn_cast<ast::UnaryExpr>(a.value);
           return llvm::isa<ast::NumberExpr>(
               minus && minus->op == ast::UnaryOp::Neg ? minus->operand : a.value);
         });
}

bool nnc::mayBeBuiltIn(const ast::LetDecl *let) {
  // Lists of other things are always built in, ranges of real numbers never.
  return listsNumbers(let) || drawOf(let) == NN_DRAW_INTEGER;
}

DrawnConstants nnc::findBuiltIn(Diagnostics &diags, mlir::MLIRContext &context,
                                const ast::Program &program, const sema::Symbols &symbols,
                                const IrgenOptions &options) {
  const std::vector<const ast::LetDecl *> draws = ast::drawnLets(program);
  const DrawnConstants none;
  DrawnConstants all;
  llvm::copy_if(draws, std::inserter(all, all.end()), mayBeBuiltIn);
  if (all.empty())
    return none;
  auto neededWith = [&](const DrawnConstants &builtIn) {
    IrgenResult result;
    return ProgramGenerator(diags, context, program, symbols, options, builtIn, result)
        .findNeeded();
  };
  if (std::optional<DrawnConstants> needed = neededWith(none))
    return *needed;
  // Somewhere a number had to be known, and it could not be seen from which constants it comes: it
  // was an element of a list that a constant chooses, for example. Then each constant is tried.
  DrawnConstants needed;
  for (const ast::LetDecl *let : draws) {
    DrawnConstants others = all;
    if (!others.erase(let))
      continue;
    std::optional<DrawnConstants> without = neededWith(others);
    if (!without || without->count(let))
      needed.insert(let);
  }
  return needed;
}
