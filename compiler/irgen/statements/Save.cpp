// Generates save statements.
#include "compiler/irgen/statements/Weights.h"

using namespace nnc;

void nnc::generateSave(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                       const ast::SaveStmt *s) {
  const ast::ModelDecl *model = ctx.findModel(s->target);
  std::string file;
  if (!model || !settings.textOf(s->file, file, "the file to save to"))
    return;
  SaveT row;
  row.where = ctx.where(s->range);
  row.target = s->target.text();
  row.model = models.indexOf(model);
  row.path = std::move(file);
  ctx.add(std::move(row));
}
