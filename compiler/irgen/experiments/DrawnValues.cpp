// Reads what a constant of an experiment is drawn from.
#include "compiler/irgen/experiments/Experiment.h"
#include "compiler/irgen/statements/Report.h"

#include <cmath>

using namespace nnc;

bool nnc::readDrawn(ProgramContext &ctx, const DrawnConstants &builtIn, CopiedNodes &nodes,
                    const ast::LetDecl *let, Drawn &drawn) {
  auto *call = llvm::cast<ast::CallExpr>(let->value);
  drawn.let = let;
  drawn.draw = drawOf(let);
  if (drawn.draw == NN_DRAW_LIST) {
    for (const ast::Argument &a : call->args) {
      drawn.values.push_back(a.value);
      drawn.labels.push_back(writtenAt(a.value->range));
    }
    const bool numbers = listsNumbers(let);
    if (numbers)
      for (const ast::Expr *value : drawn.values) {
        double number = 0;
        if (!ctx.elab.evaluateNumber(value, Scope(), number, "a value"))
          return false;
        drawn.numbers.push_back(number);
      }
    drawn.builtIn = !numbers || builtIn.count(let);
    return true;
  }
  if (!ctx.elab.evaluateNumber(call->args[0].value, Scope(), drawn.low,
                               "the first number of a distribution") ||
      !ctx.elab.evaluateNumber(call->args[1].value, Scope(), drawn.high,
                               "the second number of a distribution"))
    return false;
  const Range at = call->range;
  if (drawn.draw == NN_DRAW_NORMAL) {
    if (drawn.high <= 0)
      return ctx.diags.error(call->args[1].value->range, "a standard deviation is above 0"), false;
  } else if (drawn.low >= drawn.high) {
    return ctx.diags.error(at, "the first bound must be below the second"), false;
  }
  if (drawn.draw == NN_DRAW_LOG_UNIFORM && drawn.low <= 0)
    return ctx.diags.error(call->args[0].value->range,
                           "the bounds of `log_uniform` are above 0: it draws their logarithm"),
           false;
  if (drawn.draw == NN_DRAW_INTEGER) {
    if (drawn.low != std::floor(drawn.low) || drawn.high != std::floor(drawn.high))
      return ctx.diags.error(at, "the bounds of `integer` are whole numbers"), false;
    if (builtIn.count(let) && drawn.high - drawn.low < double(mostVariants)) {
      // The code depends on it, so it becomes a list, each value of which is compiled.
      drawn.draw = NN_DRAW_LIST;
      drawn.builtIn = true;
      for (double value = drawn.low; value <= drawn.high; ++value) {
        ast::NumberExpr number;
        number.value = value;
        number.isInteger = true;
        number.range = at;
        number.spelling = nodes.copyOf(std::to_string(int64_t(value)));
        drawn.values.push_back(nodes.copyOf(number));
        drawn.labels.push_back(number.spelling.str());
        drawn.numbers.push_back(value);
      }
    }
  }
  return true;
}
