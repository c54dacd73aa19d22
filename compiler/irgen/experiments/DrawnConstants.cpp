// Finds the drawn constants on which the code depends, by trial: if the program can be elaborated
// while a constant is only known at run time, the code does not depend on it.
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

BuiltIn nnc::findBuiltIn(Diagnostics &diags, mlir::MLIRContext &context,
                         const ast::Program &program, const sema::Symbols &symbols,
                         const IrgenOptions &options) {
  BuiltIn builtIn;
  // Only numbers that can be listed are tried. Lists of other things are always built in, ranges of
  // real numbers never.
  std::vector<const ast::LetDecl *> draws = ast::drawnLets(program);
  llvm::erase_if(draws, [](const ast::LetDecl *let) {
    return !listsNumbers(let) && drawOf(let) != NN_DRAW_INTEGER;
  });
  auto isSound = [&](const BuiltIn &set) {
    const Diagnostics::Mark before = diags.mark();
    IrgenResult result;
    ProgramGenerator(diags, context, program, symbols, options, set, /*attempt=*/true, result)
        .run();
    const bool sound = diags.errorCount() == before.errors;
    diags.rewind(before);
    return sound;
  };
  if (draws.empty() || isSound(builtIn))
    return builtIn;
  const BuiltIn all(draws.begin(), draws.end());
  for (const ast::LetDecl *let : draws) {
    BuiltIn others = all;
    others.erase(let);
    if (!isSound(others))
      builtIn.insert(let);
  }
  return builtIn;
}
