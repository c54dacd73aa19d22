// Converts values from the 64 bits in which data blocks compute to the element type of the program.
#include "compiler/irgen/values/Emitter.h"

#include "compiler/dialect/NnDialect.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Matchers.h"

using namespace nnc;

static mlir::RankedTensorType withElement(mlir::Value v, mlir::Type to) {
  return mlir::RankedTensorType::get(llvm::cast<mlir::RankedTensorType>(v.getType()).getShape(),
                                     to);
}

/// The same operation on other operands, with a result of element type `to`.
static mlir::Value again(mlir::OpBuilder &b, mlir::Operation *op, mlir::ValueRange operands,
                         mlir::Type to) {
  mlir::OperationState state(op->getLoc(), op->getName());
  state.addOperands(operands);
  state.addTypes(withElement(op->getResult(0), to));
  state.addAttributes(op->getAttrs());
  return b.create(state)->getResult(0);
}

/// `v` with element type `to`, if all its numbers are exact in that type and only moved. Otherwise
/// null.
mlir::Value Emitter::exactly(mlir::Value v, mlir::Type to) {
  mlir::Operation *op = v.getDefiningOp();
  if (!op || op->getNumResults() != 1)
    return {};
  if (llvm::isa<nn::CastOp>(op))
    return op->getOperand(0).getType() == withElement(v, to) ? op->getOperand(0) : mlir::Value();
  mlir::DenseElementsAttr numbers;
  if (mlir::matchPattern(v, mlir::m_Constant(&numbers))) {
    for (const llvm::APFloat &number : numbers.getValues<llvm::APFloat>())
      if (double value = number.convertToDouble(); double(float(value)) != value)
        return {};
    auto narrow = llvm::cast<mlir::DenseFPElementsAttr>(numbers).mapValues(
        to, [](const llvm::APFloat &number) {
          return llvm::APFloat(float(number.convertToDouble())).bitcastToAPInt();
        });
    return make<nn::ConstantOp>(withElement(v, to), narrow);
  }
  if (!llvm::isa<nn::PullOp>(op) || llvm::isa<nn::ScalarBodyOp>(op) || op->getNumOperands() == 0)
    return {};
  llvm::SmallVector<mlir::Value> operands;
  for (mlir::Value operand : op->getOperands()) {
    operands.push_back(exactly(operand, to));
    if (!operands.back())
      return {};
  }
  return again(b, op, operands, to);
}

mlir::Value Emitter::narrowed(mlir::Value v, mlir::Type to) {
  if (v.getType() == withElement(v, to))
    return v;
  if (mlir::Value same = exactly(v, to))
    return same;
  // An IEEE operation on f32 numbers that is rounded to f64 and then to f32 gives the same result
  // as rounding to f32 directly, because f64 has more than twice the digits (Figueroa, 1995: When
  // is double rounding innocuous?).
  if (mlir::Operation *op = v.getDefiningOp();
      llvm::isa_and_nonnull<nn::AddOp, nn::SubOp, nn::MulOp, nn::DivOp>(op)) {
    mlir::Value left = exactly(op->getOperand(0), to),
                right = left ? exactly(op->getOperand(1), to) : mlir::Value();
    if (right)
      return again(b, op, {left, right}, to);
  }
  return cast(v, to);
}
