// Computes ranges from operands to results. Ops without a range of their own move, sum or multiply
// elements.
#include "compiler/transforms/Ranges.h"
#include "compiler/dialect/NnDialect.h"
#include "mlir/IR/Matchers.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include <cmath>
#include <limits>

using namespace mlir;

namespace nnc {

using nn::Range;

/// The range of sums and products of finite numbers: only the sign of their bounds is kept.
static Range combined(ArrayRef<Range> operands) {
  Range all = operands.front();
  for (Range one : operands.drop_front())
    all = hull(all, one);
  if (!all.isFinite())
    return Range::unknown();
  Range result = Range::finite();
  if (all.lo >= 0)
    result.lo = 0;
  return result;
}

Range Ranges::compute(Operation *op, ArrayRef<Range> operands) {
  DenseFPElementsAttr constant;
  if (matchPattern(op, m_Constant(&constant))) {
    Range range = {std::numeric_limits<double>::max(), -std::numeric_limits<double>::max(), false};
    if (constant.isSplat()) {
      double value = constant.getSplatValue<APFloat>().convertToDouble();
      range = {value, value, std::isnan(value)};
    } else {
      for (APFloat element : constant.getValues<APFloat>()) {
        bool inexact;
        element.convert(APFloat::IEEEdouble(), APFloat::rmNearestTiesToEven, &inexact);
        double value = element.convertToDouble();
        range = hull(range, {value, value, std::isnan(value)});
      }
    }
    return range;
  }
  if (isa<nn::LoopOp>(op))
    return Range::unknown();
  if (operands.empty())
    return Range::finite();
  if (auto elementwise = dyn_cast<nn::ScalarBodyOp>(op))
    return elementwise.getRange(operands);
  if (auto marker = dyn_cast<nn::AutodiffMarkerOp>(op))
    for (auto [operand, range] : llvm::zip_equal(op->getOperands(), operands))
      if (operand == marker.getForwarded())
        return range;
  // Ops that only compute addresses take every element from their operand.
  auto pull = dyn_cast<nn::PullOp>(op);
  if (pull && operands.size() == 1 && pull.getCost() == 0)
    return operands.front();
  return combined(operands);
}

Range Ranges::of(Value v) {
  SmallVector<Value> open{v};
  while (!open.empty()) {
    Value top = open.back();
    Operation *op = top.getDefiningOp();
    if (known.contains(top)) {
      open.pop_back();
      continue;
    }
    if (!op) {
      // What a function is given is finite; what a loop passes from run to run need not be.
      bool given = isa<FunctionOpInterface>(cast<BlockArgument>(top).getOwner()->getParentOp());
      known[top] = given ? Range::finite() : Range::unknown();
      continue;
    }
    bool complete = true;
    for (Value operand : op->getOperands())
      if (!known.contains(operand)) {
        open.push_back(operand);
        complete = false;
      }
    if (!complete)
      continue;
    SmallVector<Range> operands;
    for (Value operand : op->getOperands())
      operands.push_back(known[operand]);
    Range range = compute(op, operands);
    for (Value result : op->getResults())
      known[result] = range;
  }
  return known[v];
}

Range Ranges::ofFresh(Value v, Operation *first, Value zero) {
  if (v == zero)
    return Range::finite();
  Operation *op = v.getDefiningOp();
  if (!op || !first || op->isBeforeInBlock(first))
    return of(v);
  SmallVector<Range> operands;
  for (Value operand : op->getOperands())
    operands.push_back(ofFresh(operand, first, zero));
  return compute(op, operands);
}

} // namespace nnc
