// Runs a planned function in the memory that was planned for it, with the interpreter for what each
// kernel computes. It shows whether two values that are needed at once share a place.
#pragma once
#include "test/interpreter/Interpreter.h"

namespace nnc::test {

/// Runs `function` of element type f64, after nn-plan-memory. Arguments are in program order, with
/// the shapes of its types for `batch` examples. Memory that was never written reads as NaN.
reference::Outcome runPlanned(mlir::func::FuncOp function,
                              llvm::ArrayRef<reference::Tensor> arguments, int64_t batch);

} // namespace nnc::test
