// Generates the table row of a source: of a data set, of its test set, or of a predict statement.
#pragma once

#include "compiler/irgen/program/Settings.h"

namespace nnc {

class SourceGenerator {
public:
  SourceGenerator(ProgramContext &ctx, Settings &settings) : ctx(ctx), settings(settings) {}

  /// `decl` is the data set, or null for the source of a predict statement.
  std::unique_ptr<SourceT> generate(const sema::SourceInfo &info, const ast::DataDecl *decl);

private:
  void addRows(const ast::DataDecl *decl, const sema::SourceInfo &info, SourceT &source);
  /// Appends the numbers of a value, which may be a list of lists. Reports anything else.
  bool flatten(const Value &v, Range at, std::vector<double> &values);

  ProgramContext &ctx;
  Settings &settings;
};

} // namespace nnc
