// Estimates the work of small functions.
#include "compiler/lowering/cpu/SmallFunction.h"

#include "compiler/dialect/NnDialect.h"
#include "compiler/dialect/kern/Kern.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;

namespace nnc {

/// A function with at most this many vector instructions is small: some 200 ns on one core. With
/// twice as many there are more values than registers, and straight-line code is slower than loops.
constexpr int64_t smallWork = 700;

static int64_t product(ArrayRef<int64_t> sizes, int64_t rows) {
  int64_t product = 1;
  for (int64_t size : sizes)
    product *= size < 0 ? rows : size;
  return product;
}

/// The number of elements that `op` computes or combines, and the vector instructions for each.
static std::pair<int64_t, int64_t> workOf(Operation &op, int64_t rows) {
  if (auto contraction = dyn_cast<nn::ContractionOp>(op))
    return {product(contraction.getLoopSizes(), rows), 1};
  if (isa<nn::ReductionOp>(op))
    return {product(cast<ShapedType>(op.getOperand(0).getType()).getShape(), rows), 1};
  auto pull = dyn_cast<nn::PullOp>(op);
  return {product(cast<ShapedType>(op.getResult(0).getType()).getShape(), rows),
          pull ? pull.getCost() : 1};
}

std::optional<int64_t> rowsWhenFlat(func::FuncOp function, const MachineModel &target) {
  auto usual = function->getAttrOfType<IntegerAttr>("nn.rows");
  if (!usual || function->hasAttr("nn.profile")) // a profile needs separate kernels
    return std::nullopt;
  if (function.walk([](nn::LoopOp) { return WalkResult::interrupt(); }).wasInterrupted())
    return std::nullopt; // its runs are not straight-line code
  const int64_t rows = usual.getInt();
  int64_t work = 0;
  function.walk([&](kern::FusedOp kernel) {
    for (Operation &op : kernel.getBody().front().without_terminator()) {
      auto [elements, cost] = workOf(op, rows);
      work +=
          cost * llvm::divideCeil(
                     elements,
                     target.lanesOf(cast<ShapedType>(op.getResult(0).getType()).getElementType()));
    }
  });
  return work <= smallWork ? std::optional(rows) : std::nullopt;
}

} // namespace nnc
