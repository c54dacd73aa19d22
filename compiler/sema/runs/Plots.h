// Recognizes the curves of a training run that plot statements name. Shared with irgen.
#pragma once

#include "compiler/ast/Ast.h"
#include "compiler/sema/Symbols.h"

#include <optional>

namespace nnc::sema {

/// A value in the history of a train statement: `loss`, `val.accuracy`.
struct CurveName {
  std::string name;    ///< `loss`, `critic.loss`, `accuracy`
  unsigned splits = 0; ///< 1 train, 2 val, 3 both
  bool test = false;   ///< `test.loss`, which is always an error
  Range range;         ///< of the name
};

/// The curve that `e` names, or nothing if it is an ordinary expression. A declaration of the
/// program hides `loss`, `train` and `val`. A bare name is a curve only if it is the loss or a
/// metric of `train`, which may be null.
std::optional<CurveName> curveName(const ast::Expr *e, const ast::TrainStmt *train,
                                   const Symbols &symbols);

/// The names of the metrics of a train statement.
llvm::SmallVector<llvm::StringRef> metricNames(const ast::TrainStmt *train);

} // namespace nnc::sema
