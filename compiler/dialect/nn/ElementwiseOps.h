// The elementwise ops as values, for code that chooses one of them: by its class, or by the name
// that a program gives.
#pragma once

#include "compiler/dialect/NnDialect.h"

namespace nnc::nn {

/// Whether OpT is an elementwise op of tensors of one type.
template <class OpT>
constexpr bool isElementwise = OpT::template hasTrait<ScalarBodyOp::Trait>() &&
                               OpT::template hasTrait<mlir::InferTypeOpInterface::Trait>();

/// The class of an elementwise op.
struct ElementwiseOp {
  llvm::StringRef mnemonic;
  unsigned arity; ///< number of operands
  /// Builds the op. The operands have one type, which is also that of the result.
  mlir::Value (*build)(mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange operands);

  template <class OpT> static ElementwiseOp of() {
    static_assert(isElementwise<OpT>, "not an elementwise op");
    return {OpT::getOperationName().drop_front(NnDialect::getDialectNamespace().size() + 1),
            OpT::getArity(),
            [](mlir::OpBuilder &b, mlir::Location loc, mlir::ValueRange operands) -> mlir::Value {
              mlir::Type type = operands.front().getType();
              return b.create<OpT>(loc, mlir::TypeRange(type), operands);
            }};
  }
};

/// All elementwise ops, sorted by mnemonic. Their addresses stay valid.
llvm::ArrayRef<ElementwiseOp> elementwiseOps();

/// The elementwise op of that mnemonic, or null.
const ElementwiseOp *findElementwise(llvm::StringRef mnemonic);

} // namespace nnc::nn
