// Builds the nn_kernel tables.
#include "compiler/driver/plan/KernelTables.h"

#include "compiler/support/Source.h"

#include "llvm/ADT/StringExtras.h"

namespace nnc::plan {

static nn_amount amountOf(Amount a) { return {a.fixed, a.perRow}; }

int32_t KernelTables::lineOf(mlir::FileLineColLoc loc) {
  llvm::StringRef file = loc.getFilename().getValue();
  const std::string number = std::to_string(loc.getLine()),
                    where = file == program ? number : (file + ":" + number).str();
  auto [entry, isNew] = numbers.try_emplace(where, int32_t(sourceLines.size()));
  if (isNew) {
    llvm::StringRef text;
    if (llvm::SMLoc at = locationOf(sources, file, loc.getLine(), 1); at.isValid())
      text = llvm::StringRef(at.getPointer())
                 .take_until([](char c) { return c == '\n' || c == '\r'; })
                 .trim();
    sourceLines.push_back({tables.text(where), tables.text(text)});
  }
  return entry->second;
}

llvm::ArrayRef<nn_kernel> KernelTables::kernelsOf(mlir::func::FuncOp function) {
  std::vector<nn_kernel> kernels;
  for (const KernelCost &cost : costsOf(function)) {
    nn_kernel kernel = nn_kernel();
    kernel.kind = tables.text(cost.kind);
    kernel.results = tables.text(cost.computes);
    kernel.places = tables.text(cost.places);
    std::vector<int32_t> lines;
    for (mlir::FileLineColLoc line : cost.lines)
      lines.push_back(lineOf(line));
    kernel.lines = tables.list<int32_t>(lines);
    kernel.n_lines = int32_t(lines.size());
    kernel.flops = amountOf(cost.contractions);
    kernel.others = amountOf(cost.others);
    std::vector<nn_traffic> traffic;
    for (const Traffic &t : cost.traffic)
      traffic.push_back({amountOf(t.bytes), amountOf(t.distance)});
    kernel.traffic = tables.list<nn_traffic>(traffic);
    kernel.n_traffic = int32_t(traffic.size());
    kernels.push_back(kernel);
  }
  return {tables.list<nn_kernel>(kernels), kernels.size()};
}

} // namespace nnc::plan
