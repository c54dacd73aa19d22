// Gives each statement to the generator of its kind.
#include "compiler/irgen/statements/Statements.h"

#include "compiler/irgen/statements/Report.h"
#include "compiler/irgen/statements/Weights.h"

using namespace nnc;

StatementGenerator::StatementGenerator(ProgramContext &ctx, Settings &settings,
                                       ModelGenerator &models, DataGenerator &dataSets,
                                       const DrawnConstants &builtIn)
    : ctx(ctx), settings(settings), models(models), train(ctx, settings, models, dataSets, trained),
      evaluate(ctx, models, dataSets), predict(ctx, settings, models, dataSets),
      print(ctx, dataSets), plot(ctx, settings, trained),
      experiments(ctx, settings, builtIn,
                  VariantGenerator(ctx, models, dataSets, *this, trained, found), trained, found),
      ensembles(ctx, settings, models, trained, found), results(ctx, *this, found) {}

void StatementGenerator::generate(const ast::Stmt *s) {
  if (auto about = ctx.symbols.mentions.find(s); about != ctx.symbols.mentions.end())
    return results.generate(s, about->second);
  generatePlain(s);
}

// A kind of statement that is forgotten here must not compile.
#pragma GCC diagnostic error "-Wswitch"

void StatementGenerator::generatePlain(const ast::Stmt *s) {
  switch (s->kind) {
  case ast::StmtKind::Train:
    return train.generate(llvm::cast<ast::TrainStmt>(s));
  case ast::StmtKind::Evaluate:
    return evaluate.generate(llvm::cast<ast::EvaluateStmt>(s));
  case ast::StmtKind::Predict:
    return predict.generate(llvm::cast<ast::PredictStmt>(s));
  case ast::StmtKind::Save:
    return generateSave(ctx, settings, models, llvm::cast<ast::SaveStmt>(s));
  case ast::StmtKind::Load:
    return generateLoad(ctx, settings, models, llvm::cast<ast::LoadStmt>(s));
  case ast::StmtKind::Freeze:
    return generateFreeze(ctx, llvm::cast<ast::FreezeStmt>(s));
  case ast::StmtKind::Report:
    return generateReport(ctx, settings, llvm::cast<ast::ReportStmt>(s));
  case ast::StmtKind::Print:
    return print.generate(llvm::cast<ast::PrintStmt>(s)->values);
  case ast::StmtKind::Expression:
    // In the REPL an expression statement prints its value.
    return print.generate(llvm::ArrayRef<ast::Expr *>(llvm::cast<ast::ExprStmt>(s)->expr));
  case ast::StmtKind::Plot:
    return plot.generate(llvm::cast<ast::PlotStmt>(s));
  case ast::StmtKind::Search:
  case ast::StmtKind::Compare:
    return experiments.generate(s);
  case ast::StmtKind::Ensemble:
    return ensembles.generate(llvm::cast<ast::EnsembleStmt>(s));
  case ast::StmtKind::Let:
  case ast::StmtKind::Option:
  case ast::StmtKind::Fn:
  case ast::StmtKind::Layer:
  case ast::StmtKind::Init:
  case ast::StmtKind::Optimizer:
  case ast::StmtKind::Metric:
  case ast::StmtKind::Model:
  case ast::StmtKind::Data:
    return; // declarations: models and data sets are generated before all statements
  case ast::StmtKind::Param:
  case ast::StmtKind::State:
  case ast::StmtKind::Assign:
    return; // only in the blocks of layers, functions and optimizers
  }
}
