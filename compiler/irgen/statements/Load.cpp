// Generates load statements.
#include "compiler/irgen/statements/Weights.h"

#include "llvm/Support/FileSystem.h"

using namespace nnc;

void nnc::generateLoad(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                       const ast::LoadStmt *s) {
  const ast::ModelDecl *model = ctx.findModel(s->target);
  std::string file;
  if (!model || !settings.textOf(s->file, file, "the file to load"))
    return;
  LoadT row;
  for (const ast::Path &path : s->except) {
    if (path.front().text != s->target.front().text || path.parts.size() == 1 ||
        ctx.elab.tensorsUnder(ctx.placeText(path)).empty()) {
      ctx.diags.error(path.range,
                      "`except` names parts of `" + s->target.front().text + "`, and this is none");
      continue;
    }
    row.except.push_back(path.text(/*skip=*/1));
  }
  if (const std::string beside = ctx.options.folders.pathAt(s->file->range.begin, file);
      llvm::sys::fs::exists(beside))
    file = beside;
  row.where = ctx.where(s->range);
  row.model = models.indexOf(model);
  row.path = std::move(file);
  ctx.add(std::move(row));
}
