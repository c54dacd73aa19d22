// Values that can be computed without elaborating a program.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class ConstantEvaluator : Checker {
public:
  using Checker::Checker;

  std::optional<double> value(const ast::Expr *expr) const;
  /// The shape, if every dimension is a whole number of at least 1.
  std::optional<std::vector<int64_t>> shape(const ast::Shape &shape) const;

private:
  std::optional<double> value(const ast::Expr *expr, bool prelude, unsigned &budget) const;
};

} // namespace nnc::sema
