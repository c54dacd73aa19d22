// Emits constants, broadcasts and masks.
#include "compiler/dialect/elements/LaneBuilder.h"
#include "compiler/dialect/nn/ShapeRules.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"

using namespace mlir;

namespace nnc::nn {

Type LaneBuilder::typeOf(Type element) const {
  return laneCount == 1 ? element : VectorType::get({laneCount}, element);
}

Value LaneBuilder::broadcast(Value scalar) {
  if (laneCount == 1 || isa<VectorType>(scalar.getType()))
    return scalar;
  return b.createOrFold<vector::BroadcastOp>(loc, typeOf(scalar.getType()), scalar);
}

Value LaneBuilder::splat(Type element, double value) {
  return floatConstant(b, loc, typeOf(element), value);
}

Value LaneBuilder::integer(unsigned bits, uint64_t value) {
  auto scalar = b.getIntegerAttr(b.getIntegerType(bits), APInt(64, value).trunc(bits));
  if (laneCount == 1)
    return b.create<arith::ConstantOp>(loc, scalar);
  return b.create<arith::ConstantOp>(
      loc, DenseElementsAttr::get(cast<VectorType>(typeOf(scalar.getType())), scalar));
}

Value LaneBuilder::both(Value maskA, Value maskB) {
  if (!maskA || !maskB)
    return maskA ? maskA : maskB;
  return b.createOrFold<arith::AndIOp>(loc, maskA, maskB);
}

Value LaneBuilder::negate(Value mask) {
  Value all = broadcast(b.create<arith::ConstantOp>(loc, b.getBoolAttr(true)));
  return b.createOrFold<arith::XOrIOp>(loc, mask, all);
}

Value LaneBuilder::select(Value mask, Value x, Value y) {
  return b.createOrFold<arith::SelectOp>(loc, mask, x, y);
}

} // namespace nnc::nn
