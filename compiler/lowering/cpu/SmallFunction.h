// Small functions, in which calls, loop control and passing values through memory would take most
// of the time.
//
// Such a function gets a second form, `@name_flat`, for the one number of examples that its calls
// usually have (`nn.rows`). In it, everything about shapes and threads is constant and scratch is
// on the stack. Codegen inlines the kernels and keeps the values between them in registers. Calls
// with another number of examples call the same kernels one by one. The results are the same, bit
// for bit.
#pragma once

#include "compiler/machine/MachineModel.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace nnc {

/// LLVM's attribute that marks flat forms.
constexpr llvm::StringLiteral flatAttribute = "nn-flat";

/// The number of examples for which a planned function should have a flat form, or nothing if it
/// should not have one.
std::optional<int64_t> rowsWhenFlat(mlir::func::FuncOp function, const MachineModel &target);

} // namespace nnc
