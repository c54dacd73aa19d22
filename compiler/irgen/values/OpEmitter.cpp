// Emits single ops of the dialect on MLIR values.
#include "compiler/irgen/values/OpEmitter.h"

#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"

using namespace nnc;

mlir::Location OpEmitter::loc() const {
  mlir::MLIRContext *context = b.getContext();
  Position p = diags.position(range);
  mlir::Location where =
      p.isValid() ? mlir::Location(mlir::FileLineColLoc::get(context, p.file, p.line, p.column))
                  : mlir::Location(mlir::UnknownLoc::get(context));
  // Prelude code is inlined at the user's call, where users expect the location.
  if (diags.callSite.isValid())
    if (Position call = diags.position(diags.callSite); call.isValid())
      where = mlir::CallSiteLoc::get(
          where, mlir::FileLineColLoc::get(context, call.file, call.line, call.column));
  if (place.empty())
    return where;
  return mlir::NameLoc::get(mlir::StringAttr::get(context, place), where);
}

mlir::RankedTensorType OpEmitter::typeOf(llvm::ArrayRef<int64_t> shape, bool batched) const {
  llvm::SmallVector<int64_t> dims;
  if (batched)
    dims.push_back(mlir::ShapedType::kDynamic);
  dims.append(shape.begin(), shape.end());
  return mlir::RankedTensorType::get(dims, element);
}

mlir::Operation *OpEmitter::create(llvm::StringRef name, mlir::ValueRange operands,
                                   mlir::TypeRange results,
                                   llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  mlir::OperationState state(loc(), name);
  state.addOperands(operands);
  state.addTypes(results);
  state.addAttributes(attributes);
  return b.create(state);
}

mlir::NamedAttribute OpEmitter::attr(llvm::StringRef name, llvm::ArrayRef<int64_t> values) {
  return b.getNamedAttr(name, b.getDenseI64ArrayAttr(values));
}

static mlir::Value constantOp(OpEmitter &e, mlir::RankedTensorType type,
                              llvm::ArrayRef<double> values) {
  mlir::DenseElementsAttr attr;
  if (type.getElementType().isF64()) {
    attr = mlir::DenseElementsAttr::get(type, values);
  } else {
    llvm::SmallVector<float> rounded(values.begin(), values.end());
    attr = mlir::DenseElementsAttr::get(type, llvm::ArrayRef<float>(rounded));
  }
  return e.create("nn.constant", {}, type, e.b.getNamedAttr("value", attr))->getResult(0);
}

mlir::Value OpEmitter::hostConstant(double value) {
  return constantOp(*this, mlir::RankedTensorType::get({}, b.getF64Type()), value);
}

mlir::Value OpEmitter::constant(double value) { return constantOp(*this, typeOf({}), value); }

mlir::Value OpEmitter::constant(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape) {
  return constantOp(*this, typeOf(shape), values);
}

mlir::Value OpEmitter::elementwise(llvm::StringRef mnemonic, mlir::ValueRange operands) {
  return create(("nn." + mnemonic).str(), operands, operands.front().getType())->getResult(0);
}

mlir::Value OpEmitter::broadcast(mlir::Value v, mlir::RankedTensorType type,
                                 llvm::ArrayRef<int64_t> dims) {
  if (v.getType() == type)
    return v;
  return create("nn.broadcast", v, type, attr("dims", dims))->getResult(0);
}

mlir::Value OpEmitter::batched(mlir::Value v) {
  if (isBatched(v))
    return v;
  auto shape = llvm::cast<mlir::RankedTensorType>(v.getType()).getShape();
  llvm::SmallVector<int64_t> dims;
  for (size_t i = 0; i < shape.size(); ++i)
    dims.push_back(i + 1);
  return broadcast(v, typeOf(shape, true), dims);
}

mlir::Value OpEmitter::beforeCast(mlir::Value v) {
  mlir::Operation *made = v.getDefiningOp();
  if (!made || made->getName().getStringRef() != "nn.cast")
    return v;
  mlir::Value before = made->getOperand(0);
  auto bits = [](mlir::Value x) {
    return llvm::cast<mlir::RankedTensorType>(x.getType()).getElementTypeBitWidth();
  };
  return bits(before) < bits(v) ? before : v;
}

mlir::Value OpEmitter::cast(mlir::Value v, mlir::Type to) {
  auto type = llvm::cast<mlir::RankedTensorType>(v.getType());
  if (type.getElementType() == to)
    return v;
  if (mlir::Value before = beforeCast(v); before.getType() == type.clone(to))
    return before; // values are only ever widened, so one of the original type comes back unchanged
  return create("nn.cast", v, type.clone(to))->getResult(0);
}

llvm::SmallVector<mlir::Value> OpEmitter::gradients(mlir::Value y, mlir::ValueRange xs) {
  llvm::SmallVector<mlir::Value> operands{y};
  llvm::append_range(operands, xs);
  return llvm::to_vector<6>(
      mlir::ValueRange(create("nn.gradient", operands, xs.getTypes())->getResults()));
}

mlir::Value OpEmitter::batchSum(mlir::Value v) {
  if (!isBatched(v))
    return v;
  auto type = llvm::cast<mlir::RankedTensorType>(v.getType());
  return create("nn.reduce_sum", v,
                mlir::RankedTensorType::get(type.getShape().drop_front(), type.getElementType()),
                attr("dims", {0}))
      ->getResult(0);
}

mlir::Value OpEmitter::batchMean(mlir::Value v) {
  if (!isBatched(v))
    return v;
  mlir::Value sum = batchSum(v);
  auto type = llvm::cast<mlir::RankedTensorType>(sum.getType());
  mlir::Value n =
      create("nn.batch_size", {}, mlir::RankedTensorType::get({}, b.getF64Type()))->getResult(0);
  if (!element.isF64())
    n = create("nn.cast", n, typeOf({}))->getResult(0);
  return elementwise("div", {sum, broadcast(n, type, {})});
}
