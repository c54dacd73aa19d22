// The predict statement, by itself: a trainer whose program has none links only the subcommand.
#include "runtime/predict/predict.h"
#include "runtime/program/statements.h"

namespace nnrt {

NN_EXECUTES(NN_STMT_PREDICT);

Status checkPredict(Run &run, const PredictT &predict, bool unchecked) {
  return checkRowsOf(run, predict, unchecked);
}

Status runPredict(Run &run, const PredictT &predict) { return predictRowsOf(run, predict); }

} // namespace nnrt
