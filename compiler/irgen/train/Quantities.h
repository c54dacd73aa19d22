// The loss or metric that `stop`, `keep` or a search watches.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

/// Finds a quantity among the metrics of a run, whose (first) loss is called `loss`. Reports an
/// error and returns false if it is none.
bool watch(ProgramContext &ctx, const ast::Path &path, llvm::ArrayRef<MetricT> metrics,
           llvm::StringRef loss, nn_watch &watched);

} // namespace nnc
