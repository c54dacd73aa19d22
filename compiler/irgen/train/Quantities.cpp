// Finds the loss or metric that `stop`, `keep` or a search watches.
#include "compiler/irgen/train/Quantities.h"

using namespace nnc;

bool nnc::watch(ProgramContext &ctx, const ast::Path &path, llvm::ArrayRef<MetricT> metrics,
                nn_watch &watched) {
  llvm::StringRef split = path.parts.size() > 1 ? path.parts[0].text : "train",
                  name = path.back().text;
  watched.split = split == "val" ? NN_SPLIT_VAL : NN_SPLIT_TRAIN;
  watched.metric = -1;
  watched.direction = NN_LOWEST;
  if (name == "loss")
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
