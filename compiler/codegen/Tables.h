// Completes the program tables with the numbers that planning decides, and adds them to the object
// as constants.
#pragma once

#include "llvm/Support/Error.h"

namespace mlir {
class ModuleOp;
} // namespace mlir
namespace llvm {
class Module;
} // namespace llvm

namespace nnc {

struct ProgramTables;

/// Fills in what planning decided, from the attributes of the lowered `module`: the offset and
/// block size of each tensor and persistent_bytes (module attributes), and the scratch sizes and
/// `whole` of each function (function attributes). Also sets abi_version and size. Errors name a
/// function or tensor of the tables that is missing in the module.
llvm::Error completeTables(ProgramTables &tables, mlir::ModuleOp module);

/// Adds the tables to `module` as read-only data under the symbol `nn_program`, with the addresses
/// of the functions, and a `main` that passes them to the runtime. The module is then a complete
/// trainer except for the runtime.
void addProgram(llvm::Module &module, const ProgramTables &tables);

} // namespace nnc
