// The kern dialect in C++. KernOps.td describes its ops.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinAttributes.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/Dialect.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/OpImplementation.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

#include "compiler/dialect/KernDialect.h.inc"
#include "compiler/dialect/KernEnums.h.inc"

#define GET_ATTRDEF_CLASSES
#include "compiler/dialect/KernAttrs.h.inc"

#define GET_OP_CLASSES
#include "compiler/dialect/KernOps.h.inc"

namespace nnc::kern {

/// The size of a tensor in bytes, with `rows` examples if it is batched.
int64_t bytesOf(mlir::Type type, int64_t rows = 1);

/// The names of a planned function's attributes with the sizes of its scratch, by the number of
/// dims that are the batch: bytes, bytes for each row of capacity, and bytes for each pair of rows.
constexpr llvm::StringLiteral scratchBytes[] = {"nn.fixed_bytes", "nn.row_bytes",
                                                "nn.square_bytes"};
constexpr unsigned scratchMemories = std::size(scratchBytes);
/// The scratch for tensors with `power` dims that are the batch, and the reverse: nothing, if
/// `memory` is not scratch.
Memory scratchMemory(unsigned power);
std::optional<unsigned> scratchPower(Memory memory);

/// The place of the elements of a sequence of type `sequence` at `whole`, one in each run of a loop
/// that is in `depth` others.
PlaceAttr elementPlace(PlaceAttr whole, mlir::Type sequence, unsigned depth);

/// A kernel that copies `source`, at b; returns its result. Leaves b after it.
mlir::Value buildCopy(mlir::OpBuilder &b, mlir::Value source);

/// The result of a kernel or loop, or the block argument, whose memory `value` uses. Looks through
/// views.
mlir::Value memoryOf(mlir::Value value);

} // namespace nnc::kern
