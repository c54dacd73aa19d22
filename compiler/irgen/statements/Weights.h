// Generates the statements about the weights of a model: save, load and freeze. Each is in a file
// of its own.
#pragma once

#include "compiler/irgen/program/Models.h"
#include "compiler/irgen/program/Settings.h"

namespace nnc {

void generateSave(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                  const ast::SaveStmt *s);
void generateLoad(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                  const ast::LoadStmt *s);
void generateFreeze(ProgramContext &ctx, const ast::FreezeStmt *s);

} // namespace nnc
