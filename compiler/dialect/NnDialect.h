// The nn dialect: its ops, their interfaces, and how to build an op whose operands are not yet
// known to fit.
#pragma once

#include "compiler/dialect/Derivation.h"
#include "compiler/dialect/ElementBuilder.h"
#include "compiler/dialect/Notation.h"
#include "compiler/dialect/Range.h"
#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/InferTypeOpInterface.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace nnc::nn {

/// Marks ops that are rewritten before code is generated (Nn_BeforeCodegen).
template <typename ConcreteType>
class BeforeCodegen : public mlir::OpTrait::TraitBase<ConcreteType, BeforeCodegen> {};

/// Marks ops whose result is operand 0 in the same row-major order (Nn_SameElements).
template <typename ConcreteType>
class SameElements : public mlir::OpTrait::TraitBase<ConcreteType, SameElements> {};

/// Builds the nn op called `name` ("nn.add") after inferring its result types. If the operands do
/// not fit, the op's own message is emitted at `loc` and nothing is built; irgen uses this, since a
/// program's shapes may be wrong. `resultTypes` is needed by ops without type inference (broadcast,
/// reshape, iota, cast, random_*), which are verified at once instead.
mlir::FailureOr<mlir::Operation *>
createChecked(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name,
              mlir::ValueRange operands, llvm::ArrayRef<mlir::NamedAttribute> attributes = {},
              mlir::TypeRange resultTypes = {});

/// Whether `type`'s dim 0 is the batch.
inline bool isBatched(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

/// What an op hands on as it stands: its first operand, of which it only moves elements, or which
/// it gives in another width; what a marker stands for. Null: it computes something.
mlir::Value movedBy(mlir::Operation *op);

/// The value of every element, if `v` is a constant whose elements are all equal (perhaps
/// broadcast).
std::optional<double> getSplatConstant(mlir::Value v);

} // namespace nnc::nn

#include "compiler/dialect/Interfaces.h.inc"
#include "compiler/dialect/NnDialect.h.inc"
#define GET_OP_CLASSES
#include "compiler/dialect/NnOps.h.inc"
