// Ranges: the ranges of the values of a function, as far as its ops determine them. See
// dialect/Range.h.
#pragma once

#include "compiler/dialect/Range.h"
#include "mlir/IR/Value.h"
#include "llvm/ADT/DenseMap.h"

namespace nnc {

class Ranges {
public:
  nn::Range of(mlir::Value v);
  /// The range of `v`, computed by the ops from `first` on, if `zero` is 0 or another finite
  /// number.
  nn::Range ofFresh(mlir::Value v, mlir::Operation *first, mlir::Value zero);

private:
  nn::Range compute(mlir::Operation *op, llvm::ArrayRef<nn::Range> operands);
  llvm::DenseMap<mlir::Value, nn::Range> known;
};

} // namespace nnc
