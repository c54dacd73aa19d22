// Generates the metrics of a train or evaluate statement. Their totals over a batch become results
// of the batch functions, and a small f64 function computes the displayed value from the totals of
// a whole split.
#pragma once

#include "compiler/irgen/program/DataSets.h"

namespace nnc {

class MetricGenerator {
public:
  MetricGenerator(ProgramContext &ctx, DataGenerator &dataSets, const ast::DataDecl *data,
                  llvm::ArrayRef<const ast::MetricEntry *> entries)
      : ctx(ctx), dataSets(dataSets), data(data), entries(entries) {}

  /// Adds the totals of the metrics as results of `fn`; fills in names, directions and sizes.
  bool addTotals(Function &fn, const Scope &scope, std::vector<MetricT> *rows);
  /// Generates the functions that compute values from the totals of the last addTotals.
  void finish(llvm::StringRef prefix, llvm::MutableArrayRef<MetricT> rows);

private:
  Value evaluate(const ast::MetricEntry &entry, const Scope &scope, ast::Direction &direction);

  ProgramContext &ctx;
  DataGenerator &dataSets;
  const ast::DataDecl *data;
  llvm::ArrayRef<const ast::MetricEntry *> entries;
  std::vector<std::vector<mlir::RankedTensorType>> totalTypes;
  std::vector<std::vector<const ast::MetricDecl *>> forms; // of each entry: Elaborator::forms
  std::vector<bool> totalsStated; // whether they are the metric's own, not a mean's
};

} // namespace nnc
