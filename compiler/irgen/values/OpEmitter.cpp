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

static mlir::Value constantOp(OpEmitter &e, mlir::RankedTensorType type,
                              llvm::ArrayRef<double> values) {
  mlir::DenseElementsAttr attr;
  if (type.getElementType().isF64()) {
    attr = mlir::DenseElementsAttr::get(type, values);
  } else {
    llvm::SmallVector<float> rounded(values.begin(), values.end());
    attr = mlir::DenseElementsAttr::get(type, llvm::ArrayRef<float>(rounded));
  }
  return e.make<nn::ConstantOp>(type, attr);
}

mlir::Value OpEmitter::hostConstant(double value) {
  return constantOp(*this, mlir::RankedTensorType::get({}, b.getF64Type()), value);
}

mlir::Value OpEmitter::constant(double value) { return constantOp(*this, typeOf({}), value); }

mlir::Value OpEmitter::constant(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape) {
  return constantOp(*this, typeOf(shape), values);
}

mlir::Value OpEmitter::broadcast(mlir::Value v, mlir::RankedTensorType type,
                                 llvm::ArrayRef<int64_t> dims) {
  if (v.getType() == type)
    return v;
  return make<nn::BroadcastOp>(type, v, dims);
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
  auto cast = v.getDefiningOp<nn::CastOp>();
  if (!cast)
    return v;
  mlir::Value before = cast.getX();
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
  return make<nn::CastOp>(type.clone(to), v);
}

llvm::SmallVector<mlir::Value> OpEmitter::gradients(mlir::Value y, mlir::ValueRange xs) {
  auto gradients = make<nn::GradientOp>(xs.getTypes(), y, xs);
  return llvm::to_vector<6>(mlir::ValueRange(gradients->getResults()));
}

mlir::Value OpEmitter::batchSum(mlir::Value v) {
  if (!isBatched(v))
    return v;
  auto type = llvm::cast<mlir::RankedTensorType>(v.getType());
  auto sum = mlir::RankedTensorType::get(type.getShape().drop_front(), type.getElementType());
  return make<nn::ReduceSumOp>(sum, v, llvm::ArrayRef<int64_t>{0});
}

mlir::Value OpEmitter::batchMean(mlir::Value v) {
  if (!isBatched(v))
    return v;
  mlir::Value sum = batchSum(v);
  auto type = llvm::cast<mlir::RankedTensorType>(sum.getType());
  mlir::Value n = make<nn::BatchSizeOp>();
  if (!element.isF64())
    n = make<nn::CastOp>(typeOf({}), n);
  return elementwise<nn::DivOp>({sum, broadcast(n, type, {})});
}
