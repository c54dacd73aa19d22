// Kernel costs as rows of the tables: for the tables of a profiled program, and for the
// runtime's roofline.
#pragma once

#include "compiler/driver/plan/KernelCost.h"
#include "compiler/support/Program.h"

#include "llvm/ADT/StringMap.h"
#include "llvm/Support/SourceMgr.h"

#include <vector>

namespace nnc::plan {

class KernelTables {
public:
  /// `file`: the one whose lines are called by their number alone.
  KernelTables(const llvm::SourceMgr &sources, llvm::StringRef file)
      : sources(sources), file(file) {}

  /// The kernels of a planned function, in order.
  std::vector<KernelT> kernelsOf(mlir::func::FuncOp function);
  /// The lines to which the kernels created so far refer.
  const std::vector<SourceLineT> &lines() const { return sourceLines; }

private:
  int32_t lineOf(mlir::FileLineColLoc loc);

  const llvm::SourceMgr &sources;
  std::string file;
  llvm::StringMap<int32_t> numbers; // of lines, by "file:line"
  std::vector<SourceLineT> sourceLines;
};

} // namespace nnc::plan
