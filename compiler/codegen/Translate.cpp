// Translates to LLVM IR. Only the builtin and LLVM dialects are registered, because lowering leaves
// no others.
#include "compiler/codegen/Translate.h"
#include "compiler/codegen/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/Verifier.h"
#include "llvm/Target/TargetMachine.h"

using namespace llvm;

namespace nnc {

void registerTranslation(mlir::DialectRegistry &registry) {
  mlir::registerBuiltinDialectTranslation(registry);
  mlir::registerLLVMDialectTranslation(registry);
}

Expected<LlvmProgram> translateProgram(mlir::ModuleOp module, const Target &target) {
  LlvmProgram program;
  program.context = std::make_unique<LLVMContext>();
  program.module =
      mlir::translateModuleToLLVMIR(module, *program.context, module.getName().value_or("nn"));
  if (!program.module)
    return createStringError("the module cannot be translated to LLVM IR");
  auto machine = target.createMachine();
  if (!machine)
    return machine.takeError();
  target.apply(*program.module, **machine);
  std::string message;
  raw_string_ostream stream(message);
  if (verifyModule(*program.module, &stream))
    return createStringError("invalid LLVM IR: " + message);
  return program;
}

} // namespace nnc
