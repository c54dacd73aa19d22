// Generates `average = 0.999` (LANGUAGE.md 8.1): a mean of each parameter's values over the
// updates, in which older ones count less and less.
#pragma once

#include "compiler/irgen/train/TrainStatement.h"

namespace nnc {

/// The place of the mean of a parameter.
std::string averageOf(const TrainStatement &train, const TensorInfo &parameter);
/// Continues the means of what an update has trained, at the end of its function. Returns false
/// after an error.
bool continueAverages(ProgramContext &ctx, const TrainStatement &train, const StepUpdate &update);

} // namespace nnc
