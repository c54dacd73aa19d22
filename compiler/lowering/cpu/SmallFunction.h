// Functions whose whole work is so small that calls, loop control and detours through memory would
// be most of it.
//
// Such a function gets a second form, `@name_flat`, for the one number of examples that its calls
// usually have (`nn.rows`), in which everything about shapes and threads is constant and the
// scratch lies on the stack. Codegen inlines its kernels and keeps in registers what passes between
// them. Calls with another number of examples do the same kernels one by one; the bits are the
// same.
#pragma once

#include "compiler/lowering/cpu/Target.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"

#include <optional>

namespace nnc {

/// LLVM's attribute of such forms.
constexpr llvm::StringLiteral flatAttribute = "nn-flat";

/// The number of examples for which a planned function of kernels is to have a flat form, if it is
/// to have one.
std::optional<int64_t> rowsWhenFlat(mlir::func::FuncOp function, const LoweringTarget &target);

} // namespace nnc
