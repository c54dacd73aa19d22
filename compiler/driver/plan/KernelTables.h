// Converts kernel costs to structs of the runtime, for the tables of a profiled program and for the
// runtime's roofline.
#pragma once

#include "compiler/driver/plan/KernelCost.h"
#include "compiler/irgen/ProgramTables.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/SourceMgr.h"

#include <vector>

namespace nnc::plan {

class KernelTables {
public:
  /// Everything that is created here lives as long as `tables`. Lines of the file `program` are
  /// written as a number only.
  KernelTables(ProgramTables &tables, const llvm::SourceMgr &sources, llvm::StringRef program)
      : tables(tables), sources(sources), program(program) {}

  /// The kernels of a planned function, in order.
  llvm::ArrayRef<nn_kernel> kernelsOf(mlir::func::FuncOp function);
  /// The lines to which the kernels created so far refer.
  llvm::ArrayRef<nn_source_line> lines() const { return sourceLines; }

private:
  int32_t lineOf(mlir::FileLineColLoc loc);

  ProgramTables &tables;
  const llvm::SourceMgr &sources;
  std::string program;
  llvm::StringMap<int32_t> numbers; // of lines, by "file:line"
  std::vector<nn_source_line> sourceLines;
};

} // namespace nnc::plan
