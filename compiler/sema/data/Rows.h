// Checks the rows in the block of `rows(…)`.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class RowChecker : Checker {
public:
  using Checker::Checker;

  void check(const ast::DataDecl &decl, const SourceInfo &source);

private:
  void checkRow(const ast::RowEntry &row, const SourceInfo &source, Range declared);
};

} // namespace nnc::sema
