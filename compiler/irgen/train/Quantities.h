// The loss or metric that `stop`, `keep` or a search watches.
#pragma once

#include "compiler/irgen/program/ProgramContext.h"

namespace nnc {

/// Finds a quantity among the metrics of a run. Reports an error and returns false if it is none.
bool watch(ProgramContext &ctx, const ast::Path &path, llvm::ArrayRef<MetricT> metrics,
           nn_watch &watched);

} // namespace nnc
