// The predict statement, by itself: a trainer whose program has none links only the subcommand.
#include "runtime/predict/predict.h"
#include "runtime/run/run.h"

namespace nnrt {

Status checkPredict(Run &run, const PredictT &predict, bool unchecked) {
  return checkRowsOf(run, predict, unchecked);
}

static Status runPredict(Run &run, const StatementT &statement, Counts &) {
  return predictRowsOf(run, as<PredictT>(statement));
}

NN_EXECUTES(NN_STMT_PREDICT, runPredict);

} // namespace nnrt
