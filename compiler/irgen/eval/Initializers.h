// Evaluates initializers and start values.
#pragma once

#include "compiler/irgen/eval/Part.h"

namespace nnc {

class Initializers : public Part {
public:
  using Part::Part;
  /// Evaluates an initializer or a start value for a tensor of that shape. Null after an error.
  mlir::Value initialValue(const Value &v, const TensorInfo &info, Range at);
  /// Evaluates `e`, a part of the initializer `init`, for a tensor. `more`: further values of the
  /// language that `e` may name.
  Value evaluateInit(const Applicable &init, const ast::Expr *e, const TensorInfo &info,
                     llvm::ArrayRef<std::pair<sema::AmbientKind, Value>> more, Range at);
};

} // namespace nnc
