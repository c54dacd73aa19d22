// The nn dialect in C++: its ops, their interfaces, and checked construction of ops whose operands
// may not fit.
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

/// Marks ops that are rewritten before code generation (Nn_BeforeCodegen).
template <typename ConcreteType>
class BeforeCodegen : public mlir::OpTrait::TraitBase<ConcreteType, BeforeCodegen> {};

/// Marks ops whose result has the elements of operand 0 in the same row-major order
/// (Nn_SameElements).
template <typename ConcreteType>
class SameElements : public mlir::OpTrait::TraitBase<ConcreteType, SameElements> {};

/// Builds the nn op called `name` ("nn.add") after inferring its result types. If the operands do
/// not fit, emits the op's own message at `loc` and builds nothing; irgen uses this because the
/// shapes in a program may be wrong. Ops without type inference (broadcast, reshape, iota, cast,
/// random_*) need `resultTypes`.
mlir::FailureOr<mlir::Operation *>
createChecked(mlir::OpBuilder &b, mlir::Location loc, llvm::StringRef name,
              mlir::ValueRange operands, llvm::ArrayRef<mlir::NamedAttribute> attributes = {},
              mlir::TypeRange resultTypes = {});

/// Verifies what all loops have in common (LoopOp).
mlir::LogicalResult verifyLoop(mlir::Operation *op);

/// The operand of the loop that `v` is in every run, if it is an argument of the loop's block;
/// otherwise null.
mlir::Value invariantOf(mlir::Value v);

/// The scalar of a function (its `nn.scalar` attribute names an argument) that counts the steps.
constexpr llvm::StringLiteral stepScalar = "step";

/// Whether dim 0 of `type` is the batch.
inline bool isBatched(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor && tensor.getRank() > 0 && tensor.isDynamicDim(0);
}

/// The dim along which loops take the elements of a sequence of this type and stack values to one:
/// after the batch.
inline int64_t stepDim(mlir::Type sequence) { return isBatched(sequence) ? 1 : 0; }

/// The type of an element of a sequence; null if the sequence has no dim for its elements.
mlir::RankedTensorType elementOf(mlir::Type sequence);

/// The type of a sequence of `length` elements of type `element`.
mlir::RankedTensorType sequenceOf(mlir::Type element, int64_t length);

/// The number of dims of `type` that are the batch: its bytes grow with this power of the batch.
inline unsigned batchDims(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor ? tensor.getNumDynamicDims() : 0;
}

/// The value whose elements an op passes on unchanged: operand 0, if the op only moves elements or
/// converts them to another type; the forwarded value, if it is an autodiff marker. Null if the op
/// computes something.
mlir::Value movedBy(mlir::Operation *op);

/// The value of every element, if `v` is a constant (possibly broadcast) whose elements are all
/// equal.
std::optional<double> getSplatConstant(mlir::Value v);

} // namespace nnc::nn

#include "compiler/dialect/Interfaces.h.inc"
#include "compiler/dialect/NnDialect.h.inc"
#define GET_OP_CLASSES
#include "compiler/dialect/NnOps.h.inc"
