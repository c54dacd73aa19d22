// Generates freeze statements, which only change how later statements are elaborated.
#include "compiler/irgen/statements/Weights.h"

using namespace nnc;

void nnc::generateFreeze(ProgramContext &ctx, const ast::FreezeStmt *s) {
  for (const ast::Path &path : s->places) {
    ctx.elab.frozen.push_back(ctx.placeText(path));
    if (ctx.elab.tensorsUnder(ctx.elab.frozen.back()).empty())
      ctx.diags.error(path.range, "there is nothing to freeze at `" + path.text() + "`");
  }
}
