// Emits single ops of the dialect on MLIR values. Emitter adds the language's values and shapes.
#pragma once

#include "compiler/dialect/nn/ElementwiseOps.h"
#include "compiler/irgen/values/Value.h"
#include "compiler/support/Diagnostics.h"

#include "mlir/IR/Builders.h"

namespace nnc {

class OpEmitter {
public:
  OpEmitter(Diagnostics &diags, mlir::OpBuilder builder, mlir::Type element)
      : diags(diags), b(builder), element(element) {}

  Diagnostics &diags;
  mlir::OpBuilder b;
  /// T: the element type of tensors in this function.
  mlir::Type element;
  /// The origin of ops that are emitted: an expression, in a part of a model.
  Range range;
  std::string place;

  /// Sets T to `element` for the lifetime of the object.
  struct ElementGuard {
    OpEmitter &emit;
    mlir::Type outer;
    ElementGuard(OpEmitter &emit, mlir::Type element) : emit(emit), outer(emit.element) {
      emit.element = element;
    }
    ~ElementGuard() { emit.element = outer; }
  };

  mlir::Location loc() const;

  // Types -----------------------------------------------------------------------------------------
  /// A tensor of T for one example, or for the batch.
  mlir::RankedTensorType typeOf(llvm::ArrayRef<int64_t> shape, bool batched = false) const;

  // Constants -------------------------------------------------------------------------------------
  mlir::Value hostConstant(double value);
  mlir::Value constant(double value);
  mlir::Value constant(llvm::ArrayRef<double> values, llvm::ArrayRef<int64_t> shape);

  // Ops -------------------------------------------------------------------------------------------
  /// Makes an op of that class at the current location: `make<nn::ReshapeOp>(type, v)`. The
  /// arguments are those of one of its builders.
  template <class OpT, class... Args> OpT make(Args &&...args) {
    return b.create<OpT>(loc(), std::forward<Args>(args)...);
  }
  /// An elementwise op. Its result has the type of its operands, which must be equal.
  mlir::Value elementwise(const nn::ElementwiseOp &op, mlir::ValueRange operands) {
    return op.build(b, loc(), operands);
  }
  template <class OpT> mlir::Value elementwise(mlir::ValueRange operands) {
    return elementwise(nn::ElementwiseOp::of<OpT>(), operands);
  }
  /// v with another element type. If v was cast from that type, returns the original value.
  mlir::Value cast(mlir::Value v, mlir::Type to);
  /// The value that was widened to `v`, or `v` itself.
  static mlir::Value beforeCast(mlir::Value v);
  /// The derivatives of `y`, which is one number, with respect to each of `xs`.
  llvm::SmallVector<mlir::Value> gradients(mlir::Value y, mlir::ValueRange xs);
  /// The sum over the batch, divided by the number of examples. The value itself if it has no
  /// batch.
  mlir::Value batchMean(mlir::Value v);
  mlir::Value batchSum(mlir::Value v);
  /// Repeats an unbatched or smaller tensor: operand dim i becomes dims[i] of `type`.
  mlir::Value broadcast(mlir::Value v, mlir::RankedTensorType type, llvm::ArrayRef<int64_t> dims);
  /// `v` with a leading batch dim.
  mlir::Value batched(mlir::Value v);
};

} // namespace nnc
