// The functions of a train statement beside its step, and what a checkpoint compares. Each is in a
// file of its own.
#pragma once

#include "compiler/irgen/train/Loss.h"

namespace nnc {

/// Tells which operation made the loss of an update infinite or NaN (Trace.cpp).
void generateTrace(ProgramContext &ctx, LossGenerator &losses, const TrainStatement &train,
                   StepUpdate &update);
/// Tells how the parameters and activations do (Monitor.cpp).
void generateMonitor(ProgramContext &ctx, LossGenerator &losses, TrainStatement &train);
/// Fits freshly drawn parameters to the first batch, if their initializers request it (Fit.cpp).
void generateFit(ProgramContext &ctx, LossGenerator &losses, TrainStatement &train);
/// Records the texts by which a checkpoint of the statement is compared (Origins.cpp).
void noteOrigins(const ast::Program &program, const ast::TrainStmt &statement, TrainT &row);

} // namespace nnc
