// RandomValues: random numbers and shapes, and the values of a random program, from which later ops
// draw their operands.
#pragma once

#include "test/unit/lowering/Compiled.h"

#include "compiler/dialect/NnDialect.h"

#include <random>

namespace nnc::test {

using Sizes = llvm::SmallVector<int64_t>;
constexpr int64_t batch = mlir::ShapedType::kDynamic;

mlir::RankedTensorType typeOf(mlir::Value v);
Sizes shapeOf(mlir::Value v);
/// The number of elements; a batch counts as a small one.
int64_t elements(llvm::ArrayRef<int64_t> shape);

class RandomValues {
public:
  RandomValues(unsigned seed, mlir::Type element)
      : random(seed), element(element), b(&testContext()) {}

  std::mt19937_64 random;
  mlir::Type element;
  mlir::OpBuilder b;
  mlir::Location loc = mlir::UnknownLoc::get(&testContext());
  llvm::SmallVector<mlir::Value> all;
  mlir::Value seed; // a scalar: the seed of random ops

  int64_t below(int64_t n);
  bool coin();
  mlir::RankedTensorType type(llvm::ArrayRef<int64_t> shape);
  int64_t randomSize();
  Sizes randomShape();
  mlir::Value any();
  mlir::Value anyOfRank(int64_t least);
  mlir::Value constant(double value, llvm::ArrayRef<int64_t> shape);
  /// x with the given shape: by its leading dims that fit, or its sum.
  mlir::Value broadcast(mlir::Value x, llvm::ArrayRef<int64_t> shape);
  mlir::Value total(mlir::Value x);
  /// A value of x's type.
  mlir::Value like(mlir::Value x);
  /// Brings values back to about [-1, 1].
  mlir::Value shrink(mlir::Value x);
  mlir::Value positive(mlir::Value x);
  /// Integers 0 … limit - 1 as T, computed from x.
  mlir::Value integers(mlir::Value x, int64_t limit);
  /// Some of the dims of x.
  Sizes someDims(mlir::Value x, bool batchToo);
  /// Lets later ops use a value, if it is not too large.
  void keep(mlir::Value v);
};

} // namespace nnc::test
