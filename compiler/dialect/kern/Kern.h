// The kern dialect's C++ face; what its ops mean is said in KernOps.td.
#pragma once

#include "mlir/Bytecode/BytecodeOpInterface.h"
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

/// Bytes of a tensor of `rows` examples if it is batched.
int64_t bytesOf(mlir::Type type, int64_t rows = 1);

/// The kernel result or function argument whose memory `value` uses: looks through views.
mlir::Value memoryOf(mlir::Value value);

} // namespace nnc::kern
