// Builds the KernelT tables.
#include "compiler/driver/plan/KernelTables.h"

#include "compiler/support/Source.h"

#include "llvm/ADT/StringExtras.h"

namespace nnc::plan {

static nn_amount amountOf(Amount a) { return {a.fixed, a.perRow}; }

int32_t KernelTables::lineOf(mlir::FileLineColLoc loc) {
  llvm::StringRef name = loc.getFilename().getValue();
  const std::string number = std::to_string(loc.getLine()),
                    where = name == file ? number : (name + ":" + number).str();
  auto [entry, isNew] = numbers.try_emplace(where, int32_t(sourceLines.size()));
  if (isNew) {
    SourceLineT line;
    line.where = where;
    if (llvm::SMLoc at = locationOf(sources, name, loc.getLine(), 1); at.isValid())
      line.text = llvm::StringRef(at.getPointer())
                      .take_until([](char c) { return c == '\n' || c == '\r'; })
                      .trim()
                      .str();
    sourceLines.push_back(std::move(line));
  }
  return entry->second;
}

std::vector<KernelT> KernelTables::kernelsOf(mlir::func::FuncOp function) {
  std::vector<KernelT> kernels;
  for (const KernelCost &cost : costsOf(function)) {
    KernelT kernel;
    kernel.kind = cost.kind.str();
    kernel.results = cost.computes;
    kernel.places = cost.places;
    for (mlir::FileLineColLoc line : cost.lines)
      kernel.lines.push_back(lineOf(line));
    kernel.flops = amountOf(cost.contractions);
    kernel.others = amountOf(cost.others);
    for (const Traffic &t : cost.traffic)
      kernel.traffic.push_back({amountOf(t.bytes), amountOf(t.distance)});
    kernels.push_back(std::move(kernel));
  }
  return kernels;
}

} // namespace nnc::plan
