// Checks the uses of the fields of a data set, in its entries and in runs.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class FieldChecker : Checker {
public:
  using Checker::Checker;

  /// The field of that name, or null after an error.
  FieldInfo *find(const Ident &name, DataInfo &info);
  /// Reports an error and returns false unless the field has one class for each example.
  bool checkCategory(const FieldInfo &field, const DataInfo &info, Range where);
  /// `denormalize(e, y)` in a run.
  void checkDenormalize(const ast::CallExpr &call, const Scope &scope);
  /// The arguments of a call that compares numbers: normalised fields among them are needed in
  /// their own units.
  void noteCompared(const ast::CallExpr &call, const Scope &scope);
  void checkClassWeights(const ast::CallExpr &call, const Scope &scope);

private:
  FieldInfo *fieldOf(const ast::Expr *value, const Scope &scope);
};

/// Makes the fields of a data set visible in the block of a run. `info` may be null.
void addFields(const DataInfo *info, Scope &scope);

} // namespace nnc::sema
