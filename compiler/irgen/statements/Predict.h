// Generates predict statements.
#pragma once

#include "compiler/irgen/program/DataSets.h"
#include "compiler/irgen/program/Models.h"

namespace nnc {

class PredictGenerator {
public:
  PredictGenerator(ProgramContext &ctx, Settings &settings, ModelGenerator &models,
                   DataGenerator &dataSets)
      : ctx(ctx), settings(settings), models(models), dataSets(dataSets), sources(ctx, settings) {}

  void generate(const ast::PredictStmt *s);

private:
  /// The source that `predict` reads: checks that it has the columns from which the input of the
  /// data set `trained` (-1: none) is computed. Null after an error.
  std::unique_ptr<SourceT> generateSource(const ast::PredictStmt *s, sema::SourceInfo source,
                                          int32_t model, int32_t trained);
  /// Whether a source may be read although no data set says how the input is computed from it. If
  /// not, reports an error.
  bool holdsInput(const ast::PredictStmt *s, const sema::SourceInfo &source, int32_t model);
  /// Whether the source has the columns from which the input of the data set is computed. If not,
  /// reports an error. May name the columns of the source.
  bool hasColumns(const ast::PredictStmt *s, sema::SourceInfo &source, int32_t trained);
  /// Whether the model takes the input of the data set. If not, reports an error.
  bool isPredictedFrom(const ast::PredictStmt *s, const DataT &data, const ast::ModelDecl &decl,
                       const ModelT &model);

  ProgramContext &ctx;
  Settings &settings;
  ModelGenerator &models;
  DataGenerator &dataSets;
  SourceGenerator sources;
};

} // namespace nnc
