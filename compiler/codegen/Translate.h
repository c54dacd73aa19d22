// Translates MLIR's LLVM dialect to an LLVM module.
#pragma once

#include "llvm/IR/LLVMContext.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/Error.h"

#include <memory>

namespace mlir {
class DialectRegistry;
class ModuleOp;
} // namespace mlir

namespace nnc {

struct Target;

/// An LLVM module and the context that owns it. Movable; the module is destroyed first.
struct LlvmProgram {
  std::unique_ptr<llvm::LLVMContext> context;
  std::unique_ptr<llvm::Module> module;
};

/// Adds what translateProgram needs to the registry of the MLIRContext in which the module is
/// built.
void registerTranslation(mlir::DialectRegistry &registry);

/// Translates `module`, which must only have the LLVM dialect, and marks it as code for `target`.
/// Verifies the module. Failures of either are compiler bugs and are returned as text.
llvm::Expected<LlvmProgram> translateProgram(mlir::ModuleOp module, const Target &target);

} // namespace nnc
