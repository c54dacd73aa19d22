// The program's tables: the numbers that code generation decides, and the whole program in an
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

/// Fills in what planning decided, from the attributes of the planned `module`: each tensor's
/// offset and persistent_bytes (module attributes), and each function's scratch sizes (function
/// attributes). Also the version. Errors name a function or tensor of the tables that the module
/// lacks.
llvm::Error completeTables(ProgramTables &tables, mlir::ModuleOp module);

/// Adds to `module` the program as an nn_image, read-only data under the symbol `nn_program`: the
/// tables' bytes and the functions' addresses; and a `main` that hands it to the runtime. The
/// module then is a whole trainer but for the runtime.
void addProgram(llvm::Module &module, const ProgramTables &tables);

} // namespace nnc
