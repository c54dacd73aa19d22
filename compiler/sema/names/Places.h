// Checks the places of the parts of models.
#pragma once

#include "compiler/sema/Analysis.h"

namespace nnc::sema {

class PlaceChecker : Checker {
public:
  using Checker::Checker;

  /// The places that `as` names in a pipe.
  void checkStages(const ast::PipeExpr *pipe);
  /// A place in a path: `head` in `net.head.w`.
  void checkPlace(const ast::ModelDecl &model, const Ident &place);
};

} // namespace nnc::sema
