// Common code of elementwise ops: type rule, pull form, constant folding. Also cast, the only one
// that changes the type.
#include "compiler/dialect/nn/Elementwise.h"
#include "compiler/dialect/nn/ShapeRules.h"
#include "mlir/IR/Matchers.h"

using namespace mlir;

namespace nnc::nn {

// Scalar bodies

Value ScalarEmitter::like(Value x, double c) { return floatConstant(b, loc, x.getType(), c); }

Value ScalarEmitter::truth(Value mask) {
  return select(mask, floatConstant(b, loc, element, 1), floatConstant(b, loc, element, 0));
}

Value ScalarEmitter::remainder(Value a, Value b2) {
  Value zero = like(a, 0), rest = make<arith::RemFOp>(a, b2);
  Value apart = make<arith::XOrIOp>(greater(zero, rest), greater(zero, b2));
  Value isLeft = compare(arith::CmpFPredicate::ONE, rest, zero);
  return select(make<arith::AndIOp>(apart, isLeft), make<arith::AddFOp>(rest, b2), rest);
}

// Type rule

LogicalResult inferElementwise(StringRef name, std::optional<Location> loc, ValueRange operands,
                               unsigned arity, SmallVectorImpl<Type> &types) {
  if (operands.size() != arity)
    return mismatch(loc, name, "takes ", arity, " operands, not ", operands.size());
  for (unsigned i = 0; i < arity; ++i)
    if (!tensorOperand(name, loc, operands, i))
      return failure();
  for (Value operand : operands.drop_front())
    if (operand.getType() != operands[0].getType())
      return mismatch(loc, name, "needs operands of one type, not ", operands[0].getType(), " and ",
                      operand.getType());
  types.assign(1, operands[0].getType());
  return success();
}

// Pull form

Value buildElementwiseAt(ScalarBodyOp op, ElementBuilder &eb, ArrayRef<Index> index) {
  SmallVector<Value> operands;
  for (unsigned i = 0, e = op->getNumOperands(); i < e; ++i)
    operands.push_back(eb.load(i, index));
  return op.buildScalar(eb.builder(), eb.location(), operands);
}

// Constant folding

/// Larger constants are not folded, because that would only grow the module.
static constexpr int64_t maxFoldedElements = 4096;

/// Evaluates the scalar body on constants, with the folders of arith and math. Null if something
/// did not fold. The ops are built in a temporary block.
static FloatAttr foldScalar(ScalarBodyOp op, ArrayRef<APFloat> operands) {
  Block scratch;
  OpBuilder b(op->getContext());
  b.setInsertionPointToStart(&scratch);
  Location loc = op->getLoc();
  SmallVector<Value> values;
  for (auto [value, operand] : llvm::zip_equal(operands, op->getOperands()))
    values.push_back(b.create<arith::ConstantOp>(
        loc, FloatAttr::get(getElementTypeOrSelf(operand.getType()), value)));
  Value result = op.buildScalar(b, loc, values);
  // Functions of the math dialect are folded only here. This happens before fusion, so the result
  // does not depend on fusion.
  for (Operation &made : llvm::make_early_inc_range(scratch)) {
    SmallVector<Value> known;
    b.setInsertionPoint(&made);
    if (isa<arith::ConstantOp>(made) || failed(b.tryFold(&made, known)))
      continue;
    if (result.getDefiningOp() == &made)
      result = known[0];
    made.replaceAllUsesWith(known);
  }
  FloatAttr folded;
  matchPattern(result, m_Constant(&folded));
  // The destructor of the block requires that no uses are left.
  scratch.dropAllReferences();
  scratch.clear();
  return folded;
}

OpFoldResult foldElementwise(Operation *op, ArrayRef<Attribute> operands) {
  auto type = cast<RankedTensorType>(op->getResult(0).getType());
  SmallVector<DenseFPElementsAttr> constants;
  bool allSplat = true;
  for (Attribute operand : operands) {
    auto constant = dyn_cast_or_null<DenseFPElementsAttr>(operand);
    if (!constant)
      return {};
    allSplat &= constant.isSplat();
    constants.push_back(constant);
  }
  if (!type.hasStaticShape() || (!allSplat && type.getNumElements() > maxFoldedElements))
    return {};
  SmallVector<Attribute> results;
  for (int64_t i = 0, e = allSplat ? 1 : type.getNumElements(); i < e; ++i) {
    SmallVector<APFloat> elements;
    for (DenseFPElementsAttr constant : constants)
      elements.push_back(*std::next(constant.value_begin<APFloat>(), i));
    FloatAttr folded = foldScalar(cast<ScalarBodyOp>(op), elements);
    if (!folded)
      return {};
    results.push_back(folded);
  }
  return DenseElementsAttr::get(type, results);
}

// cast: y = x as another floating-point type;  dx = dy as x's type

LogicalResult CastOp::verify() {
  if (getX().getType().getShape() != getType().getShape())
    return emitOpError("keeps the shape, but goes from ")
           << getX().getType() << " to " << getType();
  return success();
}

unsigned CastOp::getArity() { return 1; }
Range CastOp::getRange(ArrayRef<Range> operands) { return operands[0]; }

void CastOp::backward(Derivation &d) {
  if (d.wants(0))
    d.give(0, d.builder().createOrFold<CastOp>(getLoc(), getX().getType(), d.gradient()));
}

Value CastOp::buildScalar(OpBuilder &b, Location loc, ValueRange operands) {
  Value x = operands[0];
  Type from = getElementTypeOrSelf(x.getType()), to = getType().getElementType();
  if (from == to)
    return x;
  Type result = to;
  if (auto vector = dyn_cast<VectorType>(x.getType()))
    result = vector.cloneWith(std::nullopt, to);
  if (from.getIntOrFloatBitWidth() < to.getIntOrFloatBitWidth())
    return b.createOrFold<arith::ExtFOp>(loc, result, x);
  return b.createOrFold<arith::TruncFOp>(loc, result, x);
}

Value CastOp::buildAt(ElementBuilder &eb, ArrayRef<Index> index) {
  return buildElementwiseAt(*this, eb, index);
}

OpFoldResult CastOp::fold(FoldAdaptor adaptor) {
  if (getX().getType() == getType())
    return getX();
  // f32 -> f64 -> f32 loses nothing; f64 -> f32 -> f64 does.
  if (auto inner = getX().getDefiningOp<CastOp>();
      inner && inner.getX().getType() == getType() &&
      inner.getType().getElementTypeBitWidth() > getType().getElementTypeBitWidth())
    return inner.getX();
  // foldElementwise cannot do this: arith.truncf refuses to fold inexact results.
  auto constant = dyn_cast_or_null<DenseFPElementsAttr>(adaptor.getX());
  if (!constant)
    return {};
  Type to = getType().getElementType();
  return constant.mapValues(to, [&](APFloat value) {
    bool inexact;
    value.convert(cast<FloatType>(to).getFloatSemantics(), APFloat::rmNearestTiesToEven, &inexact);
    return value.bitcastToAPInt();
  });
}

} // namespace nnc::nn
