// Finds the loss or metric that `stop`, `keep` or a search watches.
#include "compiler/irgen/train/Quantities.h"

#include "compiler/sema/data/Splits.h"

using namespace nnc;

bool nnc::watch(ProgramContext &ctx, const ast::Path &path, llvm::ArrayRef<MetricT> metrics,
                llvm::StringRef loss, nn_watch &watched) {
  const std::string name = path.text(/*skip=*/path.parts.size() > 1);
  const bool val = path.parts.size() > 1 && sema::findSplit(path.front().text) == NN_SPLIT_VAL;
  watched.split = val ? NN_SPLIT_VAL : NN_SPLIT_TRAIN;
  watched.metric = -1;
  watched.direction = NN_LOWEST;
  if (name == loss)
    return true;
  for (auto [i, m] : llvm::enumerate(metrics))
    if (name == m.name) {
      watched.metric = i;
      watched.direction = m.direction;
      return true;
    }
  ctx.diags.error(path.back().range, "this run has no metric `" + name + "`");
  return false;
}
