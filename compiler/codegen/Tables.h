// Completes the program tables with the numbers that planning decides, and adds the program to an
// object.
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

/// Fills in what planning decided, from the attributes of the planned `module`: the offset and
/// block size of each tensor and persistent_bytes (module attributes), and the scratch sizes and
/// `whole` of each function (function attributes). Also sets the version. Errors name a function or
/// tensor of the tables that is missing in the module.
llvm::Error completeTables(ProgramTables &tables, mlir::ModuleOp module);

/// Adds the program to `module` as an nn_image under the symbol `nn_program`: read-only data, the
/// bytes of the tables and the addresses of the functions; and a `main` that passes it to the
/// runtime. The module is then a complete trainer except for the runtime.
void addProgram(llvm::Module &module, const ProgramTables &tables);

} // namespace nnc
