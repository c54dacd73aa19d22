// What a report shows of the program: its text, the entries of its train statements, its networks,
// and which numbers an evaluation compares with the outputs. Programs without a report do not need
// this.
#pragma once

#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/program/Settings.h"

namespace nnc {

void generateReport(ProgramContext &ctx, Settings &settings, const ast::ReportStmt *s);

/// The source text at `r`, on one line and without comments.
std::string writtenAt(Range r);
void noteEntries(llvm::ArrayRef<ast::Entry *> entries, TrainT &row);
/// Records the layers of the network, from what was applied in its `predict`.
void noteLayers(ProgramContext &ctx, llvm::ArrayRef<Application> applications, ModelT &row);
/// The field that `fn` compares with the outputs of the model element by element, or -1 if there is
/// none. `fields` are the rows of the fields, `values` their values.
int32_t comparedField(ProgramContext &ctx, Function &fn, const ast::ModelDecl *model,
                      llvm::ArrayRef<DataGenerator::Field> fields,
                      llvm::ArrayRef<mlir::Value> values);

} // namespace nnc
