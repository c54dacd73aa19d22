// The updates of a train statement, from its entries.
#pragma once

#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

/// The updates that each step makes, in order. A statement without `update` makes one, of all that
/// it trains.
std::vector<StepUpdate> updatesOf(ProgramContext &ctx, const TrainStatement &train);

} // namespace nnc
